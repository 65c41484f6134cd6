import { Context } from '@temporalio/activity';
import type { BatonActivities } from '../../contract/activities';
import type { ModelCallDeps } from '../calls/ask-provider';
import { attemptOf } from '../calls/call-attempt';
import { GrantPool, UseAccount } from '../calls/grant-pool';
import { reportingUsage } from '../calls/report-usage';
import { withHeartbeat } from '../with-heartbeat';
import { compactThread } from './compact-thread';

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
