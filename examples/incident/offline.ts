import type { ModelRequest } from '../../src/models/provider';
import type { ScriptedReply } from '../../src/models/scripted-reply';
import { commanderReply } from './offline/commander-reply';
import { leadReply } from './offline/lead-reply';
import { workerReply } from './offline/worker-replies';

/** The team without a model: the lead follows the metrics, workers report what their tools return, the commander joins it by rules. */
export function offline(request: ModelRequest): ScriptedReply {
  switch (request.agent) {
    case 'lead':
      return leadReply(request);
    case 'commander':
      return commanderReply(request);
    default:
      return workerReply(request);
  }
}
