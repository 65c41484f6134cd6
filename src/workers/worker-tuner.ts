import type { WorkerTuner } from '@temporalio/worker';
import { WORKER_ACTIVITY_SLOTS } from '../contract/limits';
import { WorkflowSlots } from './workflow-slots';

const ACTIVITY_SLOTS = { type: 'fixed-size', numSlots: WORKER_ACTIVITY_SLOTS } as const;

/** How much a worker has in hand at one time; for one worker. */
export function workerTuner(): WorkerTuner {
  return {
    // The SDK's 100 would run a wider fan-out of model calls in waves.
    activityTaskSlotSupplier: ACTIVITY_SLOTS,
    localActivityTaskSlotSupplier: ACTIVITY_SLOTS,
    // A task that waits for a local activity holds its slot: the SDK's fixed 40 would stall a fan-out of children.
    workflowTaskSlotSupplier: new WorkflowSlots(),
    nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
  };
}
