import { MAP_WINDOW, MAX_SUBTREE_EVENTS } from '../limits';
import type { MapStep, Step } from '../team/step';
import type { Team } from '../team/team';
import { type ChildBound, childBounds } from './bounds';
import { CHILD_EVENTS, type CountedChild, eventsWith, itemEvents } from './events';
import { windowOf } from './map-windows';

/** An isolated agent or supervisor goes on in a new execution between two turns, so its history stays short by itself. */
export function continuesAsNew(step: Step): boolean {
  return step.kind === 'agent' || step.kind === 'supervise';
}

/**
 * The team with `isolated` set on the fewest steps that keep every history within MAX_SUBTREE_EVENTS. Works from the
 * leaves up, and at each step isolates the largest children first. A history that is longer with all of its children
 * isolated stays so: see `growthOf`. Planning a planned team changes nothing.
 */
export function planGrowth(team: Team): Team {
  const planned = plan(team.root, team);
  const root =
    planned.events > MAX_SUBTREE_EVENTS && continuesAsNew(planned.step)
      ? { ...planned.step, isolated: true }
      : planned.step;
  const teams = Object.entries(team.teams).map(([name, sub]) => [name, planGrowth(sub)]);
  return { ...team, root, teams: Object.fromEntries(teams) };
}

interface Planned {
  readonly step: Step;
  readonly events: number;
}

function plan(step: Step, team: Team): Planned {
  const before = childBounds(step, team);
  const children = before.map((bound) => {
    const planned = plan(bound.child.step, team);
    const child = { ...bound.child, step: planned.step };
    const counted = {
      bound: { ...bound, child },
      events: planned.step.isolated ? CHILD_EVENTS : planned.events,
    };
    // A window of one such item would be too long by itself, and could not go on in a new execution.
    const tooLong = step.kind === 'map' && perItem(step, team, counted) > MAX_SUBTREE_EVENTS;
    return tooLong ? isolatedChild(counted) : counted;
  });
  const settled = isolateLargest(step, team, children);
  const planned = withWindow(withChildren(step, settled, before), team, settled);
  return { step: planned, events: eventsWith(step, team, settled) };
}

function perItem(map: MapStep, team: Team, { bound, events }: CountedChild): number {
  return itemEvents(map, team, { step: bound.child.step, events });
}

/** A map whose items are too long for its window has a smaller one. */
function withWindow(step: Step, team: Team, children: readonly CountedChild[]): Step {
  const item = children.find(({ bound }) => bound.child.place[0] === 'step');
  if (step.kind !== 'map' || item === undefined) return step;
  const window = windowOf(step, perItem(step, team, item));
  return window === (step.window ?? MAP_WINDOW) ? step : { ...step, window };
}

/** The children, with the smallest number of the largest ones isolated that brings the step within its bound, or all. */
function isolateLargest(step: Step, team: Team, children: readonly CountedChild[]): readonly CountedChild[] {
  const byGain = children.filter((child) => gain(child) > 0).sort((left, right) => gain(right) - gain(left));
  const withFirst = (count: number): readonly CountedChild[] => {
    const chosen = new Set(byGain.slice(0, count));
    return children.map((child) => (chosen.has(child) ? isolatedChild(child) : child));
  };
  const fits = (count: number): boolean => eventsWith(step, team, withFirst(count)) <= MAX_SUBTREE_EVENTS;
  let [low, high] = [0, byGain.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) high = middle;
    else low = middle + 1;
  }
  return withFirst(low);
}

function gain({ bound, events }: CountedChild): number {
  return bound.times * (events - CHILD_EVENTS);
}

function isolatedChild({ bound }: CountedChild): CountedChild {
  const step: Step = { ...bound.child.step, isolated: true };
  return { bound: { ...bound, child: { ...bound.child, step } }, events: CHILD_EVENTS };
}

/** A copy of the step with those children in the place of its own. */
function withChildren(step: Step, children: readonly CountedChild[], before: readonly ChildBound[]): Step {
  const changed = children.filter(({ bound }, index) => bound.child.step !== before[index]?.child.step);
  if (changed.length === 0) return step;
  const copy = JSON.parse(JSON.stringify(step)) as Record<string | number, unknown>;
  for (const { bound } of changed) {
    const { place } = bound.child;
    const holder = place.slice(0, -1).reduce((here, key) => here[key] as typeof here, copy);
    holder[place.at(-1) ?? ''] = bound.child.step;
  }
  return copy as unknown as Step;
}
