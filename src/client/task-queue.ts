import type { temporal } from '@temporalio/proto';
import { DEFAULT_TASK_QUEUE } from '../contract/names';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';

/** Kinds of a task queue, by their numbers in Temporal's protocol. */
const WORKFLOW_TASKS = 1;
/** The server keeps a poller on its list for five minutes after it was last seen; a live one polls again within a minute. */
const STALE_AFTER_MS = 75_000;

/** True where a worker has asked that queue for workflow tasks within the last minute or so. */
export async function isPolled(context: ClientContext, taskQueue = context.taskQueue): Promise<boolean> {
  return (await pollersOf(context, taskQueue)).length > 0;
}

/** Who has asked that queue for workflow tasks within the last minute or so before `now`. */
export async function pollersOf(
  context: ClientContext,
  taskQueue: string,
  now = Date.now(),
): Promise<readonly temporal.api.taskqueue.v1.IPollerInfo[]> {
  const { pollers } = await context.temporal.workflowService.describeTaskQueue({
    namespace: context.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  const since = now - STALE_AFTER_MS;
  return (pollers ?? []).filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since);
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
