import { failure } from '../../contract/fail';
import { agentNamed } from '../../contract/team/named-in-team';
import type { Team } from '../../contract/team/team';
import { loadTeamFolder, type TeamFolder } from '../team/team-folder';
import { teamFor } from '../team/team-for';
import type { Side } from './compare-row';

/** Who is compared: a team, and where it comes from. */
export interface Contestant extends Pick<Side, 'teamFor'> {
  readonly folder: TeamFolder;
}

/** A team and its rival: another team, or one agent of the same. Throws InvalidInput where there is none, or both. */
export function contestantsOf(
  path: string,
  other?: string,
  single?: string,
): readonly [Contestant, Contestant] {
  if ((other === undefined) === (single === undefined))
    throw failure('InvalidInput', 'Name another team to compare with, or an agent of this one (--single).');
  const folder = loadTeamFolder(path);
  const given: Contestant = { folder, teamFor: (input) => teamFor(folder, input) };
  if (other !== undefined) {
    const rival = loadTeamFolder(other);
    return [given, { folder: rival, teamFor: (input) => teamFor(rival, input) }];
  }
  return [given, { folder, teamFor: async (input) => aloneIn(await teamFor(folder, input), single ?? '') }];
}

/** The team with that agent for its only step. */
function aloneIn(team: Team, agent: string): Team {
  const definition = agentNamed(agent, team);
  if (definition === undefined)
    throw failure(
      'InvalidInput',
      `--single ${agent} is no agent of ${team.name}; it has ${Object.keys(team.agents).join(', ')}.`,
    );
  return {
    ...team,
    name: `${team.name}-${agent}`.slice(0, 48),
    agents: { [agent]: definition },
    root: { kind: 'agent', agent },
    teams: {},
  };
}
