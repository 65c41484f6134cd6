import { Context } from '@temporalio/activity';
import type { BatonActivities } from '../contract/activities';
import type { ModelCallDeps } from './ask-provider';
import { attemptOf } from './call-attempt';
import { compactThread } from './compact-thread';
import { GrantPool, UseAccount } from './grant-pool';
import { reportingUsage } from './report-usage';
import { withHeartbeat } from './with-heartbeat';

/** {@link compactThread} as an activity. Heartbeats; a cancellation closes the connection to the provider. Safe to repeat. */
export function createCompact(deps: ModelCallDeps): BatonActivities['compact'] {
  return (input) => {
    const context = Context.current();
    const use = new UseAccount(new GrantPool(input.grant));
    const work = async () => {
      const result = await compactThread(deps, input, { ...attemptOf(context), use });
      context.log.info('transcript summed up', {
        lineage: input.site.lineage,
        path: input.site.path,
        messages: result.messages,
        contextTokens: result.contextTokens,
      });
      return result;
    };
    return reportingUsage([use], () => withHeartbeat(context, work));
  };
}
