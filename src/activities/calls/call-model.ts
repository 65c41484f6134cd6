import { Context } from '@temporalio/activity';
import type { BatonActivities } from '../../contract/activities';
import { withHeartbeat } from '../with-heartbeat';
import { askModel } from './ask-model';
import type { ModelCallDeps } from './ask-provider';
import { attemptOf } from './call-attempt';
import { GrantPool, UseAccount } from './grant-pool';
import { reportingUsage } from './report-usage';

/**
 * One model call as an activity. Heartbeats; a cancellation closes the connection to the provider. Safe to repeat at
 * any time: see {@link askModel}. Its log lines name the call and its cost, never what was said.
 */
export function createCallModel(deps: ModelCallDeps): BatonActivities['callModel'] {
  return (input) => {
    const context = Context.current();
    const use = new UseAccount(new GrantPool(input.grant));
    const work = async () => {
      const result = await askModel(deps, input, { ...attemptOf(context), use });
      context.log.info(result.fromJournal === true ? 'reply found in the journal' : 'model answered', {
        lineage: input.site.lineage,
        path: input.site.path,
        model: result.model,
        stop: result.stop,
        inputTokens: result.usage.inputTokens,
        outputTokens: result.usage.outputTokens,
      });
      return result;
    };
    // The timer starts before any I/O: a slow store must not look like a dead worker.
    return reportingUsage([use], () => withHeartbeat(context, work));
  };
}
