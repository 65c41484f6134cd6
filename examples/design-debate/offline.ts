import type { ModelRequest } from '../../src/models/provider';
import { output, type ScriptedReply } from '../../src/models/scripted-reply';
import { openingJson } from '../../src/testing/read-request';
import { criticize, judge, propose, readShown } from './offline/debaters';
import { breakTie, rank } from './offline/panel';

/** The team without a model: points for and against are counted, each voter counting those that concern its view. */
export function offline(request: ModelRequest): ScriptedReply {
  const shown = openingJson(request);
  switch (request.agent) {
    case 'advocate':
      return output(propose(readShown(shown)));
    case 'critic':
      return output(criticize(readShown(shown)));
    case 'judge':
      return output(judge(readShown(shown)));
    case 'chair':
      return output(breakTie(shown));
    default:
      return output(rank(request.agent, shown));
  }
}
