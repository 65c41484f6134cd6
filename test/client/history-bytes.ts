import { temporal } from '@temporalio/proto';
import type { BatonClient } from '../../src/client/connect';
import type { NamedHistory } from '../replay/misfits';

/** The histories of every execution whose id begins so: a run with its children, or a session with its runs. */
export async function historiesOf(
  { context: { temporal: client, listExecutions } }: BatonClient,
  run: string,
): Promise<readonly NamedHistory[]> {
  const found: NamedHistory[] = [];
  for await (const { workflowId, runId } of listExecutions({
    query: `WorkflowId STARTS_WITH "${run}"`,
    pageSize: 100,
  }))
    found.push({ workflowId, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() });
  return found;
}

/** What the server holds of histories, byte for byte. */
export function bytesOf(histories: readonly NamedHistory[]): Buffer {
  return Buffer.concat(
    histories.map(({ history }) => Buffer.from(temporal.api.history.v1.History.encode(history).finish())),
  );
}
