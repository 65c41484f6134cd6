import { quietRuntime } from '../../scripts/quiet-runtime';
import { randomCases, situationCases } from '../../scripts/random-teams/live-cases';
import { runAllLive } from '../../scripts/random-teams/live-place';
import { HANGS_AFTER_MS } from '../../scripts/random-teams/run-live';
import { workflowBundle } from '../setup/workflow-bundle';

/** The full size, with another seed each time, is `npm run teams:random`. */
const SEED = 20_261_121;
/** Past the time after which a run is told as hanging: giving up before it would name none. */
const GIVES_UP_AFTER_MS = 2 * HANGS_AFTER_MS;

beforeAll(quietRuntime);

describe('random teams on a real server', () => {
  test(
    'fifty of them, some cancelled and resumed, and every kind of step in every situation, end as they should; none hangs, and every history replays',
    async () => {
      const cases = [...situationCases(SEED), ...randomCases(SEED, 50)];
      expect(cases).toHaveLength(107);
      expect(await runAllLive(cases, 12, workflowBundle())).toEqual({ faults: [], misfits: [] });
    },
    GIVES_UP_AFTER_MS,
  );
});
