import type { WorkerTuner } from '@temporalio/worker';
import { WORKER_ACTIVITY_SLOTS } from '../contract/limits';
import { WorkflowSlots } from './workflow-slots';

const ACTIVITY_SLOTS = { type: 'fixed-size', numSlots: WORKER_ACTIVITY_SLOTS } as const;

/** How much a worker has in hand at one time; for one worker. */
export function workerTuner(): WorkerTuner {
  return {
    // The SDK's 100 would run a wider fan-out of model calls in waves.
    activityTaskSlotSupplier: ACTIVITY_SLOTS,
    // Only runs that an older build began have local activities.
    localActivityTaskSlotSupplier: ACTIVITY_SLOTS,
    workflowTaskSlotSupplier: new WorkflowSlots(),
    nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
  };
}
