import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * Runs `work` and cancels it when its time is over, raising `late()` instead. The time is a workflow timer, so that
 * what must still run afterwards (compensations, a fallback) can; an outer cancellation stays a cancellation.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  work: () => Promise<T>,
  late: () => Error,
): Promise<T> {
  const outer = CancellationScope.current();
  const scope = new CancellationScope();
  // Not the scope's own `timeout`: the SDK ends its timer by a flag that a replay does not find in every history with
  // local activities, and the run would then be stuck.
  const clock = new CancellationScope();
  clock
    .run(() => sleep(timeoutMs))
    .then(
      () => scope.cancel(),
      () => undefined,
    );
  try {
    return await scope.run(work);
  } catch (error) {
    if (isCancellation(error) && scope.consideredCancelled && !outer.consideredCancelled) throw late();
    throw error;
  } finally {
    clock.cancel();
  }
}
