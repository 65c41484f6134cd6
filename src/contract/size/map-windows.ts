import { MAP_WINDOW, MAX_SUBTREE_EVENTS, MAX_WINDOWS } from '../limits';
import { agentsOfStep } from '../registry/capability';
import { agentNamed } from '../team/named-in-team';
import type { MapStep } from '../team/step';
import type { Team } from '../team/team';

/** Events left to a map for its own: splitting and merging, an agent's synthesis included. */
const MERGE_EVENTS = 200;

/** Items that one history of a map holds, where each may write so many events: at most what the step says. */
export function windowOf(step: MapStep, itemEvents: number): number {
  const fitting = Math.max(1, Math.floor((MAX_SUBTREE_EVENTS - MERGE_EVENTS) / itemEvents));
  return Math.min(step.window ?? MAP_WINDOW, fitting);
}

/** Items that go into each child of a map of so many: whole windows, so that there are at most MAX_WINDOWS children. */
export function childSize(items: number, window: number): number {
  let size = window;
  while (Math.ceil(items / size) > MAX_WINDOWS) size *= MAX_WINDOWS;
  return size;
}

/**
 * Whether several of a map's items share an activity: uses of an agent that has no tools, or is packed anyway. An item
 * with a time of its own does not, since it could not be cancelled without the others; nor where one answer is enough.
 */
export function gathersCalls({ step, join, callsPerActivity, stopWhen }: MapStep, team: Team): boolean {
  if (step.kind !== 'agent' || callsPerActivity === 1) return false;
  if (join === 'any' || (typeof join === 'object' && 'quorum' in join)) return false;
  if (step.isolated === true || step.timeout !== undefined || stopWhen !== undefined) return false;
  const agents = agentsOfStep(step, team.agents).map((name) => agentNamed(name, team));
  return (
    agents.length > 0 &&
    agents.every((agent) => agent !== undefined && (agent.tools.length === 0 || agent.mode === 'packed'))
  );
}
