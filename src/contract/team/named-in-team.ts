import type { AgentDefinition } from './agent';
import type { Team } from './team';

/** The agent of that name; undefined where the team declares none. */
export function agentNamed(name: string, team: Team): AgentDefinition | undefined {
  return Object.hasOwn(team.agents, name) ? team.agents[name] : undefined;
}

/**
 * The sub-team that a `team` step of this team names, with the sub-teams of this one in its reach: a sub-team may name
 * its siblings. Undefined where there is none of that name.
 */
export function subTeamNamed(name: string, team: Team): Team | undefined {
  const found = Object.hasOwn(team.teams, name) ? team.teams[name] : undefined;
  return found === undefined ? undefined : { ...found, teams: { ...team.teams, ...found.teams } };
}
