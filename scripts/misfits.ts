import { type ReplayHistoriesIterable, type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import type { BatonClient } from '../src/client/connect';
import { workflowSource } from '../src/workers/workflow-source';

/** Replays histories: gives those that the workflows would not go on with, one line each. */
export async function misfits(
  histories: ReplayHistoriesIterable,
  options: ReplayWorkerOptions,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    if (error !== undefined) found.push(`${workflowId}: ${error.name}: ${error.message}`);
  return found;
}

/** Of all executions of a task queue, children and entities included, open or over, those that this build would not go on with. */
export function misfitsOn(
  { context }: BatonClient,
  workflows: ReplayWorkerOptions = workflowSource(false),
): Promise<readonly string[]> {
  const all = context.temporal.workflow.list({ query: `TaskQueue = "${context.taskQueue}"` });
  return misfits(all.intoHistories({ concurrency: 8 }), workflows);
}
