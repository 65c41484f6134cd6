import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import type { BatonClient } from '../../src/client/connect';

const { History } = temporal.api.history.v1;

/** Writes the history of a run and of all its children and continuations, one protobuf file each; returns how many. */
export async function downloadHistories(client: BatonClient, run: string, folder: string): Promise<number> {
  const { workflow } = client.context.temporal;
  const executions = [];
  for await (const execution of workflow.list({ query: `RootWorkflowId = "${run}"` }))
    executions.push(execution);
  if (executions.length === 0) throw new Error(`the server lists no execution of ${run} yet`);
  executions.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  await mkdir(folder, { recursive: true });
  for (const [index, { workflowId, runId }] of executions.entries()) {
    const history = await workflow.getHandle(workflowId, runId).fetchHistory();
    dropMachine(history);
    await writeFile(join(folder, `${index}.binpb`), History.encode(history).finish());
  }
  return executions.length;
}

/** Host names and the paths in stack traces say nothing about a run. */
function dropMachine(part: unknown): void {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return;
  if ('identity' in part) part.identity = 'recorder';
  if ('stackTrace' in part) part.stackTrace = '';
  Object.values(part).forEach(dropMachine);
}
