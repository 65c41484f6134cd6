import type { Context } from '@temporalio/activity';
import { runOf } from '../../contract/names';
import type { LeaseHolder } from '../../threads/store';
import type { UseAccount } from './grant-pool';

/** One try of a call, as the journal and whoever is called need to know it. */
export interface CallAttempt {
  readonly holder: LeaseHolder;
  /** Aborted when the run is cancelled, or when this attempt has lost its claim. */
  readonly signal: AbortSignal;
  /** Workflow id of the whole run, whichever of its subtrees asks. */
  readonly runId: string;
  /** Whose turn it is among calls that wait for the provider; '' where the run has no tenant. */
  readonly tenant: string;
  /** When this try was scheduled, by the server's clock, in milliseconds since the epoch. */
  readonly scheduledAt: number;
  /** Workflow id of the execution that asks: the run's own, or a child's. */
  readonly workflowId: string;
  /** What the use that the call belongs to has used of its activity's grant. Absent: a call of its own, with its own grant. */
  readonly use?: UseAccount;
}

/** The attempt that an activity's context stands for. Its run id keeps activities of a reset run apart from the old one's. */
export function attemptOf(context: Context): CallAttempt {
  const { workflowExecution, activityId, attempt, priority, currentAttemptScheduledTimestampMs } =
    context.info;
  return {
    holder: { activity: `${workflowExecution?.runId ?? 'none'}/${activityId}`, attempt },
    signal: context.cancellationSignal,
    runId: runOf(workflowExecution?.workflowId ?? 'none'),
    tenant: priority?.fairnessKey ?? '',
    scheduledAt: currentAttemptScheduledTimestampMs,
    workflowId: workflowExecution?.workflowId ?? 'none',
  };
}
