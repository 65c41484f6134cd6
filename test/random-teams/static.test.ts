import fc from 'fast-check';
import { BROKEN_STEPS, brokenTeam } from '../../scripts/random-teams/broken-team';
import { randomTeam, teamAround } from '../../scripts/random-teams/random-team';
import { RANDOM_TEAM_TOOLS } from '../../scripts/random-teams/random-team-tools';
import { checkTeam } from '../../src/contract/check/check-team';

const OPTIONS = { tools: Object.fromEntries(RANDOM_TEAM_TOOLS.map((tool) => [tool.name, tool])) };
const DEPTH = 2;
const ANN = { kind: 'agent', agent: 'ann' };

describe('random teams', () => {
  test('those that are as they should be are accepted, and their recorded form is accepted unchanged', () => {
    fc.assert(
      fc.property(randomTeam(DEPTH), ({ team }) => {
        const checked = checkTeam(team, OPTIONS);
        expect(checked.mistakes).toEqual([]);
        expect(checkTeam(checked.team, OPTIONS).team).toEqual(checked.team);
      }),
      { numRuns: 2500 },
    );
  }, 120_000);

  test('those with one step that cannot run are rejected, wherever it stands', () => {
    fc.assert(
      fc.property(brokenTeam(randomTeam(DEPTH)), ({ team }) => {
        expect(checkTeam(team, OPTIONS).mistakes).not.toEqual([]);
      }),
      { numRuns: 2500 },
    );
  }, 120_000);

  test.each(Object.entries(BROKEN_STEPS))('rejected by itself: %s', (_, step) => {
    expect(checkTeam(teamAround(step, ANN), OPTIONS).mistakes).not.toEqual([]);
  });
});
