import { Context } from '@temporalio/activity';
import { runAgent } from '../../agent/run-agent';
import type { BatonActivities } from '../../contract/activities';
import { isNothing } from '../../contract/cost/amount';
import { inDoubt } from '../../contract/cost/usage';
import { failureType, rootFailure } from '../../contract/fail';
import { FAILURES, isFailureType } from '../../contract/failure-types';
import type { AgentUses, UseOutcome } from '../../contract/run/map-run';
import { attemptOf } from '../calls/call-attempt';
import { GrantPool, UseAccount } from '../calls/grant-pool';
import { reportingUsage } from '../calls/report-usage';
import { limitPayload } from '../values/limit-payload';
import { withHeartbeat } from '../with-heartbeat';
import { type PackedDeps, packedEffects } from './packed-effects';

/**
 * Several uses of one agent side by side in one activity: Temporal's cost is paid once for all of them. Every call is
 * journaled on its own, so a crash, or a failure that is tried again, repeats only the uses that had not finished.
 * Heartbeats carry the number of uses that are over.
 */
export function createRunAgents(deps: PackedDeps): BatonActivities['runAgents'] {
  return ({ agent, uses, allOrNone, grant }) => {
    const context = Context.current();
    const attempt = attemptOf(context);
    const stop = new AbortController();
    const signal = AbortSignal.any([attempt.signal, stop.signal]);
    const pool = new GrantPool(grant, uses.length);
    const accounts = uses.map(() => new UseAccount(pool));
    let over = 0;
    const useOne = async (use: AgentUses['uses'][number], index: number): Promise<UseOutcome> => {
      const account = accounts[index] ?? new UseAccount(pool);
      const effects = packedEffects(
        deps,
        { ...use, attempt: { ...attempt, signal, use: account } },
        () => undefined,
      );
      try {
        return { outcome: await runAgent({ agent, ...use }, effects) };
      } catch (error) {
        const usage = account.used;
        if (stop.signal.aborted) return { stopped: true, usage };
        if (failureType(error) === 'GrantTooSmall') {
          const { lost } = account;
          return { needsMore: true, ...(isNothing(lost) ? {} : { usage: inDoubt(lost) }) };
        }
        const failed = finalFailure(error);
        if (allOrNone) stop.abort();
        return { failed, usage };
      } finally {
        account.arrive();
        over += 1;
      }
    };
    const work = () =>
      withHeartbeat(
        context,
        async () => {
          // Waits for all of them: what had finished is in the journal when another makes this activity try again.
          const settled = await Promise.allSettled(uses.map(useOne));
          for (const each of settled)
            if (each.status === 'rejected' && !stop.signal.aborted) throw each.reason;
          return limitPayload(
            settled.map((each, index): UseOutcome => {
              const usage = accounts[index]?.used;
              return each.status === 'fulfilled'
                ? each.value
                : { stopped: true, ...(usage === undefined ? {} : { usage }) };
            }),
            `${uses.length} uses of agent "${agent.name}"`,
          );
        },
        () => over,
      );
    return reportingUsage(accounts, work);
  };
}

/** The failure as an outcome. Throws it where another try may do better. */
function finalFailure(error: unknown): { readonly type: string; readonly message: string } {
  const type = failureType(error);
  const root = rootFailure(error);
  if (!isFailureType(type) || FAILURES[type].retryable || !(root instanceof Error)) throw error;
  return { type, message: root.message };
}
