import { isCancellation, patched } from '@temporalio/workflow';

/** Is it a cancellation that comes when all steps have ended? The run is done then: what a saga did stands, and nothing undoes it. */
export function endedAlready(error: unknown): boolean {
  return isCancellation(error) && patched('ended-is-not-cancelled');
}
