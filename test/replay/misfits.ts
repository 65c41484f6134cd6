import type { DataConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { misfits as misfitsWith } from '../../scripts/misfits';
import { forWorkflows } from '../../src/workers/for-workflows';
import { workflowBundle } from '../setup/workflow-bundle';

export interface NamedHistory {
  readonly workflowId: string;
  readonly history: temporal.api.history.v1.IHistory;
}

/** Replays histories on the workflows of this build: gives those that do not fit, one line each. With the data converter of encrypted ones. */
export function misfits(
  histories: readonly NamedHistory[],
  encrypted?: DataConverter,
): Promise<readonly string[]> {
  return misfitsWith(
    histories,
    encrypted === undefined
      ? { workflowBundle: workflowBundle() }
      : {
          workflowBundle: workflowBundle('workflow-bundle-encrypted.js'),
          dataConverter: forWorkflows(encrypted),
        },
  );
}
