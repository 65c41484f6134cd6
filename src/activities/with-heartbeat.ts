import type { Context } from '@temporalio/activity';

/** Often enough that the worker's throttle, not this timer, decides how soon a cancellation is heard. */
const HEARTBEAT_MS = 250;

/**
 * Runs an activity's work with heartbeats from a timer: chunks are no clock, a model may be silent for minutes before
 * its first token. Without a heartbeat timeout, and in a local activity, none are sent. A cancelled activity always
 * throws Temporal's CancelledFailure, whatever its work made of the abort.
 */
export async function withHeartbeat<T>(
  context: Context,
  work: () => Promise<T>,
  progress?: () => unknown,
): Promise<T> {
  const { heartbeatTimeoutMs, isLocal } = context.info;
  const beats = heartbeatTimeoutMs !== undefined && heartbeatTimeoutMs > 0 && !isLocal;
  const timer = beats
    ? setInterval(() => context.heartbeat(progress?.()), Math.min(HEARTBEAT_MS, heartbeatTimeoutMs / 4))
    : undefined;
  try {
    return await work();
  } catch (error) {
    // Rejects with the CancelledFailure that tells Temporal the cancellation was honoured.
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
