import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { runAgent } from '../../agent/run-agent';
import type { BatonActivities } from '../../contract/activities';
import type { Errand, Unheard } from '../../contract/calls/unheard';
import { addUsage, NO_USAGE, type Usage } from '../../contract/cost/usage';
import { failureType } from '../../contract/fail';
import { askModel } from '../calls/ask-model';
import { attemptOf, type CallAttempt } from '../calls/call-attempt';
import { GrantPool, UseAccount } from '../calls/grant-pool';
import { compactThread } from './compact-thread';
import { type PackedDeps, packedEffects } from './packed-effects';

type Counting = CallAttempt & Required<Pick<CallAttempt, 'use'>>;

const UNTOLD: readonly (string | undefined)[] = ['StoreUnavailable', 'StaleAttempt'];

/** It asks nobody: whatever the journal does not have ends it. */
const OVER = AbortSignal.abort(new CancelledFailure('It was cancelled: only what it had used is counted.'));

/**
 * Counts what cancelled activities had used, by the journal: replies that nobody was told of, and in doubt what was sent and
 * never came back. It goes their way again as a last attempt of theirs, up to the first call that has no reply. Safe to
 * repeat. Throws StoreUnavailable.
 */
export function createCountUnheard(deps: PackedDeps): BatonActivities['countUnheard'] {
  return (unheard) => {
    const attempt = attemptOf(Context.current());
    return Promise.all(
      unheard.map(async ({ activity, errand }) => {
        const last = () => lastAttempt(attempt, activity);
        const parts = await Promise.all(partsOf(deps, errand).map((part) => counted(part, last())));
        return parts.reduce(addUsage, NO_USAGE);
      }),
    );
  };
}

type Part = (attempt: Counting) => Promise<unknown>;

function partsOf(deps: PackedDeps, errand: Errand): readonly Part[] {
  if ('call' in errand) return [(attempt) => askModel(deps, errand.call, attempt)];
  if ('compact' in errand) return [(attempt) => compactThread(deps, errand.compact, attempt)];
  return errand.uses.map((use) => (attempt) => {
    const effects = packedEffects(deps, { ...use, attempt }, () => undefined);
    return runAgent({ agent: errand.agent, ...use }, { ...effects, betweenTurns: async () => undefined });
  });
}

function lastAttempt(own: CallAttempt, activity: Unheard['activity']): Counting {
  const [execution] = own.holder.activity.split('/');
  return {
    ...own,
    signal: OVER,
    holder: { activity: `${execution}/${activity}`, attempt: Number.MAX_SAFE_INTEGER },
    use: new UseAccount(new GrantPool()),
  };
}

async function counted(part: Part, attempt: Counting): Promise<Usage> {
  try {
    await part(attempt);
  } catch (error) {
    // How it would have ended is no matter; but a store that does not answer has told nothing.
    if (UNTOLD.includes(failureType(error))) throw error;
  }
  return attempt.use.used;
}
