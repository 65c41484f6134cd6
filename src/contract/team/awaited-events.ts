import type { PreparedRun } from '../run/run';
import { subTeamNamed } from './named-in-team';
import type { Step } from './step';
import { childPath, definitionPath, type StepPath, walkSteps } from './step-path';
import type { Team } from './team';

/** Names of the events that a team's `on` steps, and those of its sub-teams, wait for. */
export function eventsOfTeam(team: Team): ReadonlySet<string> {
  return eventsOf(team, ['on']);
}

/** Names of all events that there can be in a run of a team: those that its steps wait for, and those that they raise. */
export function possibleEvents(team: Team): ReadonlySet<string> {
  return eventsOf(team, ['emit', 'on']);
}

function eventsOf(team: Team, kinds: readonly ('emit' | 'on')[]): ReadonlySet<string> {
  const found = new Set<string>();
  walkSteps(team.root, '', (step) => {
    if ((step.kind === 'on' || step.kind === 'emit') && kinds.includes(step.kind)) found.add(step.event);
    const sub = step.kind === 'team' ? subTeamNamed(step.team, team) : undefined;
    if (sub !== undefined) for (const event of eventsOf(sub, kinds)) found.add(event);
  });
  return found;
}

/** The same of one subtree of a run that has begun. */
export function eventsBelow(root: Step, at: StepPath, prepared: PreparedRun): ReadonlySet<string> {
  const found = new Set<string>();
  walkSteps(root, at, (step, path) => {
    if (step.kind === 'on') found.add(step.event);
    const sub = step.kind === 'team' ? prepared.teams?.[definitionPath(path)] : undefined;
    if (sub === undefined) return;
    for (const event of eventsBelow(sub.root, childPath(path, step, sub.name), sub.prepared))
      found.add(event);
  });
  return found;
}
