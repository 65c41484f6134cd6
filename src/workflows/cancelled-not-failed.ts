import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  patched,
  TimeoutFailure,
  type WorkflowInterceptors,
} from '@temporalio/workflow';
import { NOT_RUNNING } from './calls/count-unheard';

/**
 * Makes a cancellation of an activity whose last try failed, or was lost with its worker, before it heard that it was
 * cancelled. Temporal tries it no more and tells how that try ended; what was cancelled would end as failed.
 */
export function interceptors(): WorkflowInterceptors {
  return {
    outbound: [
      {
        scheduleActivity(input, next) {
          const result = next(input);
          // Listened to before anyone else, and handed on as it is: an `await` more would change the order of what follows.
          result.catch((error: unknown) => {
            if (!(error instanceof ActivityFailure) || error.retryState !== 'CANCEL_REQUESTED') return;
            const { cause } = error;
            if (cause instanceof CancelledFailure || !patched('cancelled-not-failed')) return;
            Object.assign(error, { cause: new CancelledFailure(cause?.message, toldBy(cause)) });
          });
          return result;
        },
      },
    ],
  };
}

function toldBy(cause: Error | undefined): unknown[] {
  // Nobody is left who could tell what it had used.
  if (cause instanceof TimeoutFailure) return [NOT_RUNNING];
  return cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
}
