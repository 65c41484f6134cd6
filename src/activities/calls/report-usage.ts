import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { type Amount, NOTHING, plus } from '../../contract/cost/amount';
import type { Usage } from '../../contract/cost/usage';
import { spentBy } from '../../contract/cost/usage';
import type { UseAccount } from './grant-pool';

/** Runs an activity's work; where it fails, or is cancelled, the failure tells what had been used up to then. */
export async function reportingUsage<T>(uses: readonly UseAccount[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const used = uses.map((use) => use.used).filter((usage) => spentBy(usage).calls > 0);
    const lost = uses.map((use) => use.lost).reduce(plus, NOTHING);
    throw used.length === 0 ? error : withFacts(error, [...used.map((usage) => ({ usage })), { lost }]);
  }
}

/** What of it may be begun again does not find all of it: see `UseAccount.lost`. */
function withFacts(error: unknown, facts: readonly ({ usage: Usage } | { lost: Amount })[]): unknown {
  if (error instanceof CancelledFailure)
    return new CancelledFailure(error.message, [...error.details, ...facts]);
  if (!(error instanceof ApplicationFailure)) return error;
  const { type, nonRetryable, nextRetryDelay, cause, details, category } = error;
  return ApplicationFailure.create({
    message: error.message,
    nonRetryable: nonRetryable ?? false,
    details: [...(details ?? []), ...facts],
    ...(type === undefined || type === null ? {} : { type }),
    ...(nextRetryDelay === undefined || nextRetryDelay === null ? {} : { nextRetryDelay }),
    ...(cause === undefined ? {} : { cause }),
    ...(category === undefined || category === null ? {} : { category }),
  });
}
