import { MAX_HISTORY_EVENTS, MAX_SUBTREE_EVENTS } from '../limits';
import { CHILD_EVENTS, itemEvents, stepEvents } from '../size/events';
import { continuesAsNew, planGrowth } from '../size/growth';
import { windowOf } from '../size/map-windows';
import type { MapStep } from '../team/step';
import type { Team } from '../team/team';
import { type Findings, type Scope, scopesOf } from './findings';
import { type Place, pathText } from './mistake';

/** What a team's histories may grow to, once its growth is planned. */
export interface GrowthFigure {
  /** Places of the team that have a history of their own, the root's included. */
  readonly histories: number;
  /** Events of the longest of them, at worst, and the path of its step. Agents that go on in new executions do not count. */
  readonly events: number;
  readonly path: string;
}

/** The figure of a team without mistakes. A history that no plan can keep short enough is a mistake. */
export function checkGrowth(team: Team, found: Findings): GrowthFigure {
  const lengths = scopesOf(planGrowth(team), {}).flatMap(historiesOf);
  for (const { place, events } of lengths)
    if (events > MAX_HISTORY_EVENTS)
      found.mistake(
        place,
        `could write ${events} events into one history; ${MAX_HISTORY_EVENTS} are the most that is safe. Lower its maxItems, rounds or retries, or put parts of it into a sub-team.`,
      );
  const longest = lengths.reduce((left, right) => (right.events > left.events ? right : left));
  return { histories: lengths.length, events: longest.events, path: pathText(longest.place) };
}

function historiesOf({ team, steps }: Scope) {
  return steps
    .filter(({ step }, index) => index === 0 || step.isolated === true)
    .map(({ step, place }) => {
      const events = stepEvents(step, team);
      const continues = step.isolated === true && continuesAsNew(step);
      return { place, events: continues ? Math.min(events, MAX_SUBTREE_EVENTS) : events };
    })
    .concat(steps.flatMap(({ step, place }) => (step.kind === 'map' ? windowsOf(step, place, team) : [])));
}

/** The children that hold a map's items, where one history does not. */
function windowsOf(step: MapStep, place: Place, team: Team) {
  const events = step.step.isolated === true ? CHILD_EVENTS : stepEvents(step.step, team);
  const perItem = itemEvents(step, team, { step: step.step, events });
  const window = windowOf(step, perItem);
  if (step.maxItems <= window) return [];
  return [{ place: [...place, 'step'], events: Math.ceil(window * perItem) }];
}
