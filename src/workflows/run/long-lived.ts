import {
  CancellationScope,
  isCancellation,
  makeContinueAsNewFunc,
  type Workflow,
} from '@temporalio/workflow';

/**
 * The work of a workflow that people write to by Update. Cancelled, it finishes what it took before it goes: an update
 * whose handler is cut off would leave its caller without an answer.
 */
export async function finishingWhenCancelled<T>(
  work: () => Promise<T>,
  finish: () => Promise<void>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(finish);
    throw error;
  }
}

/** Goes on in a new execution, on the newest build: such a workflow leaves a build behind here, and nowhere else. */
export function continueOnNewest<Lived extends Workflow>(...args: Parameters<Lived>): Promise<never> {
  return makeContinueAsNewFunc<Lived>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(...args);
}
