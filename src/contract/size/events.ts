import { MAX_PLAN_REPAIRS } from '../limits';
import { agentNamed } from '../team/named-in-team';
import type { Step, StepOf } from '../team/step';
import type { Team } from '../team/team';
import { agentUses, attemptsOf, type ChildBound, childBounds, plansOf, UNDO_TRIES } from './bounds';
import { childSize, gathersCalls, windowOf } from './map-windows';

/**
 * History events, counted on a server: an activity in a row is six (scheduled, started, completed, and the three of the
 * workflow task that follows), a child twelve (initiated, started, completed, and three workflow tasks), a timer or a
 * signal five, an update five. A question to people is its deadline's timer, its answer, two changes of search
 * attributes and a margin for refused answers; each escalation adds a timer and a change.
 */
export const ACTIVITY_EVENTS = 6;
export const CHILD_EVENTS = 12;
const TIMER_EVENTS = 5;
const QUESTION_EVENTS = 30;
const ESCALATION_EVENTS = 8;
/** Markers of one round of a refine: what each side is shown, where it is stored, and the review, where it is read. */
const REVIEW_MARKERS = 3;
/** The same of one branch of a race: its answer is tested, shown to the judge, and the judgement read. */
const RACE_MARKERS = 3;
/** The same of one round of a debate: three sides are shown the turns, two answers are read. */
const DEBATE_MARKERS = 5;
/** What a step itself may add: its phase in the search attributes, and a marker where a composite output is stored. */
const STEP_EVENTS = 2;

/** The most events that a step writes into the history that it runs in; of what is isolated below it, only the child's own twelve. */
export function stepEvents(step: Step, team: Team): number {
  const children = childBounds(step, team).map((bound) => ({ bound, events: eventsInParent(bound, team) }));
  return eventsWith(step, team, children);
}

/** A child and the events that each of its runs writes into its parent's history. */
export interface CountedChild {
  readonly bound: ChildBound;
  readonly events: number;
}

/** {@link stepEvents}, with the children's own events already known. */
export function eventsWith(step: Step, team: Team, children: readonly CountedChild[]): number {
  const own = attemptsOf(step) * ownEvents(step);
  const agents = agentEvents(step, team);
  let [each, shared] = [0, 0];
  for (const { bound, events } of children) {
    if (step.kind === 'map' && bound.child.place[0] === 'step')
      each += attemptsOf(step) * mapEvents(step, itemEvents(step, team, { step: bound.child.step, events }));
    else if (bound.shared) shared = Math.max(shared, bound.times * events);
    else each += bound.times * events;
  }
  return own + agents + each + shared + compensations(step, children) + stopTests(step, children);
}

/** What `stopWhen` is tested on may have to be read from the store. */
function stopTests(step: Step, children: readonly CountedChild[]): number {
  if (step.stopWhen === undefined || step.kind === 'map') return 0;
  return children.reduce((sum, { bound }) => sum + bound.times, 0);
}

function agentEvents(step: Step, team: Team): number {
  const events = agentUses(step, team).map((use) => {
    const packed = agentNamed(use.agent, team)?.mode === 'packed';
    const calls = packed ? 1 : use.maxTurns + use.maxToolCalls + use.compactions;
    return use.uses * (calls * ACTIVITY_EVENTS + STEP_EVENTS);
  });
  // Of the candidates for a capability one is asked.
  if (step.kind === 'agent') return Math.max(0, ...events);
  return events.reduce((sum, each) => sum + each, 0);
}

/** A part without an undo is undone call by call: as many calls again, at most, as it has made. */
function compensations(step: Step, children: readonly CountedChild[]): number {
  if (step.kind !== 'saga') return 0;
  return children.reduce((sum, { bound, events }) => {
    const [, index] = bound.child.place;
    const undoneByCall = bound.child.place.at(-1) === 'do' && step.steps[Number(index)]?.undo === undefined;
    return undoneByCall ? sum + events : sum;
  }, 0);
}

function eventsInParent({ child }: ChildBound, team: Team): number {
  return child.step.isolated === true ? CHILD_EVENTS : stepEvents(child.step, team);
}

/** Events of a step beside those of its agents and children. */
function ownEvents(step: Step): number {
  const timer = step.timeout === undefined ? 0 : TIMER_EVENTS;
  const asksOnFailure = step.onFailure === 'escalate' ? QUESTION_EVENTS : 0;
  return STEP_EVENTS + timer + asksOnFailure + kindEvents(step);
}

function kindEvents(step: Step): number {
  switch (step.kind) {
    case 'approve':
      return QUESTION_EVENTS + step.escalate.length * ESCALATION_EVENTS;
    case 'dag':
      return dagEvents(step);
    case 'route':
      return step.by.reduce((sum, { by }) => sum + (by === 'person' ? QUESTION_EVENTS : ACTIVITY_EVENTS), 0);
    case 'saga':
      return step.steps.length * (UNDO_TRIES * TIMER_EVENTS + QUESTION_EVENTS);
    case 'vote':
      return voteEvents(step);
    case 'race':
      return (
        Object.keys(step.branches).length *
        (RACE_MARKERS + (step.hedgeAfter === undefined ? 0 : TIMER_EVENTS))
      );
    case 'debate':
      return step.maxRounds * DEBATE_MARKERS;
    case 'refine':
      return step.maxRounds * REVIEW_MARKERS;
    case 'on':
      return 2 * TIMER_EVENTS;
    case 'team':
      return CHILD_EVENTS + TIMER_EVENTS;
    case 'tool':
    case 'emit':
    case 'checkpoint':
    case 'parallel':
    case 'map':
      return ACTIVITY_EVENTS;
    case 'peers':
      // Of each turn the input may be stored and the output read.
      return 2 * STEP_EVENTS * step.maxRounds * Object.keys(step.members).length;
    case 'supervise':
      // An answer that is passed on may have to be checked, once a turn.
      return step.passThrough === true ? step.maxRounds : 0;
    case 'agent':
    case 'pipeline':
      return 0;
  }
}

/** Each task's input may be stored, and each plan read from the store. */
function dagEvents(step: StepOf<'dag'>): number {
  const question =
    step.approvePlan === undefined
      ? 0
      : QUESTION_EVENTS + step.approvePlan.escalate.length * ESCALATION_EVENTS;
  const inputs = STEP_EVENTS * (step.tasks?.length ?? step.maxTasks);
  const plans = step.planner === undefined ? 0 : STEP_EVENTS * (1 + MAX_PLAN_REPAIRS);
  return inputs + plansOf(step) * (question + 2 * plans);
}

/** Each ballot may have to be read, what the judge and the tie-break are shown stored, and people asked. */
function voteEvents({ voters, tieBreak }: StepOf<'vote'>): number {
  return Object.keys(voters).length + ACTIVITY_EVENTS + (tieBreak === 'escalate' ? QUESTION_EVENTS : 0);
}

/** The most events that one item of a map writes into the history that it runs in. */
export function itemEvents(
  map: StepOf<'map'>,
  team: Team,
  { step, events }: { readonly step: Step; readonly events: number },
): number {
  // Calls that start together end together and start together again, so activities are full but for the last.
  if (!gathersCalls({ ...map, step }, team)) return events + (map.stopWhen === undefined ? 0 : 1);
  return 1 + (attemptsOf(step) * ACTIVITY_EVENTS) / map.callsPerActivity;
}

/** What a map writes for its items: each of them, or, where they are more than a window, the children. */
function mapEvents(step: StepOf<'map'>, perItem: number): number {
  const window = windowOf(step, perItem);
  const { maxItems } = step;
  if (maxItems <= window) return Math.ceil(maxItems * perItem) + ACTIVITY_EVENTS;
  return Math.ceil(maxItems / childSize(maxItems, window)) * CHILD_EVENTS;
}
