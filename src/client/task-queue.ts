import { DEFAULT_TASK_QUEUE } from '../contract/names';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';

/** Kinds of a task queue, by their numbers in Temporal's protocol. */
const WORKFLOW_TASKS = 1;
/** The server keeps a poller on its list for five minutes after it was last seen; a live one polls again within a minute. */
const STALE_AFTER_MS = 75_000;

/** True where a worker has asked that queue for workflow tasks within the last minute or so. */
export async function isPolled(context: ClientContext, taskQueue = context.taskQueue): Promise<boolean> {
  const answer = await context.temporal.workflowService.describeTaskQueue({
    namespace: context.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  const since = Date.now() - STALE_AFTER_MS;
  return (answer.pollers ?? []).some((poller) => Number(poller.lastAccessTime?.seconds ?? 0) * 1000 >= since);
}

/** The error to raise where nobody polls the run's queue, or undefined where somebody does. */
export async function noWorker(context: ClientContext, run: string): Promise<BatonError | undefined> {
  const { taskQueue } = await context.temporal.workflow.getHandle(run).describe();
  if (await isPolled(context, taskQueue)) return undefined;
  const flag = taskQueue === DEFAULT_TASK_QUEUE ? '' : ` --task-queue ${taskQueue}`;
  return new BatonError('NoWorker', `No worker is polling the queue "${taskQueue}" of run "${run}".`, {
    run,
    remedy: `Start one with "baton worker --load <team>${flag}"; the run waits for it and loses nothing.`,
  });
}
