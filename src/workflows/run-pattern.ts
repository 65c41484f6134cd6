import type { StepResult } from '../contract/run/run';
import { runAgentStep } from './patterns/agent';
import { runApprove } from './patterns/approve';
import { runCheckpoint } from './patterns/checkpoint';
import { runDag } from './patterns/dag';
import { runDebate } from './patterns/debate';
import { runEmit } from './patterns/emit';
import { runMap } from './patterns/map';
import { runOn } from './patterns/on';
import { runParallel } from './patterns/parallel';
import { runPeers } from './patterns/peers';
import { runPipeline } from './patterns/pipeline';
import { runRace } from './patterns/race';
import { runRefine } from './patterns/refine';
import { runRoute } from './patterns/route';
import { runSaga } from './patterns/saga';
import { runSupervise } from './patterns/supervise';
import { runTeamStep } from './patterns/team';
import { runTool } from './patterns/tool';
import { runVote } from './patterns/vote';
import type { Run } from './run/run';
import type { Place } from './steps/place';

/**
 * One exhaustive switch: step kind to pattern. Not `async`: the SDK takes a stack trace for every promise that workflow
 * code makes, and this is on the way of every step. So it may also throw at once.
 */
export function runPattern(run: Run, place: Place): Promise<StepResult> {
  const { step } = place;
  switch (step.kind) {
    case 'agent':
      return runAgentStep(run, { ...place, step });
    case 'tool':
      return runTool(run, { ...place, step });
    case 'pipeline':
      return runPipeline(run, { ...place, step });
    case 'parallel':
      return runParallel(run, { ...place, step });
    case 'supervise':
      return runSupervise(run, { ...place, step });
    case 'approve':
      return runApprove(run, { ...place, step });
    case 'race':
      return runRace(run, { ...place, step });
    case 'debate':
      return runDebate(run, { ...place, step });
    case 'vote':
      return runVote(run, { ...place, step });
    case 'refine':
      return runRefine(run, { ...place, step });
    case 'map':
      return runMap(run, { ...place, step });
    case 'dag':
      return runDag(run, { ...place, step });
    case 'checkpoint':
      return runCheckpoint(run, { ...place, step });
    case 'team':
      return runTeamStep(run, { ...place, step });
    case 'emit':
      return runEmit(run, { ...place, step });
    case 'on':
      return runOn(run, { ...place, step });
    case 'saga':
      return runSaga(run, { ...place, step });
    case 'route':
      return runRoute(run, { ...place, step });
    case 'peers':
      return runPeers(run, { ...place, step });
  }
}
