import { Context } from '@temporalio/activity';
import { runAgent } from '../../agent/run-agent';
import type { BatonActivities } from '../../contract/activities';
import { attemptOf } from '../calls/call-attempt';
import { GrantPool, UseAccount } from '../calls/grant-pool';
import { reportingUsage } from '../calls/report-usage';
import { limitPayload } from '../values/limit-payload';
import { withHeartbeat } from '../with-heartbeat';
import { type PackedDeps, packedEffects } from './packed-effects';

/**
 * An agent's whole loop in one activity, for agents whose tools are all safe reads: Temporal's cost is paid once an
 * agent instead of twice a turn. Every call is journaled before the next, so a crash or a failure that is retried goes
 * on from the last one and pays for nothing twice. Heartbeats carry the number of turns done.
 */
export function createRunPackedAgent(deps: PackedDeps): BatonActivities['runPackedAgent'] {
  return (task) => {
    const context = Context.current();
    let turns = 0;
    const use = new UseAccount(new GrantPool(task.grant));
    const used = { ...task, attempt: { ...attemptOf(context), use } };
    const effects = packedEffects(deps, used, (state) => {
      turns = state.turns;
    });
    const work = () =>
      withHeartbeat(
        context,
        async () => {
          const outcome = await runAgent(task, effects);
          context.log.info('packed agent answered', {
            lineage: task.site.lineage,
            path: task.site.path,
            turns: outcome.turns,
            toolCalls: outcome.toolCalls,
            inputTokens: outcome.usage.inputTokens,
            outputTokens: outcome.usage.outputTokens,
          });
          return limitPayload(outcome, `Agent "${task.agent.name}"`);
        },
        () => turns,
      );
    return reportingUsage([use], work);
  };
}
