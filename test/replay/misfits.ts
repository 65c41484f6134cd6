import type { DataConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { forWorkflows } from '../../src/workers/for-workflows';
import { workflowBundle } from '../setup/workflow-bundle';

export interface NamedHistory {
  readonly workflowId: string;
  readonly history: temporal.api.history.v1.IHistory;
}

/** Replays histories on the workflows of this build: gives those that do not fit, one line each. With the data converter of encrypted ones. */
export async function misfits(
  histories: readonly NamedHistory[],
  encrypted?: DataConverter,
): Promise<readonly string[]> {
  const found: string[] = [];
  const options =
    encrypted === undefined
      ? { workflowBundle: workflowBundle() }
      : {
          workflowBundle: workflowBundle('workflow-bundle-encrypted.js'),
          dataConverter: forWorkflows(encrypted),
        };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    if (error !== undefined) found.push(`${workflowId}: ${error.name}: ${error.message}`);
  return found;
}
