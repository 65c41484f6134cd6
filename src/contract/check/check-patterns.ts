import { CALLS_PER_ACTIVITY } from '../limits';
import { OTHERWISE, routeOfLabel } from '../team/classification';
import type { Join, Merge } from '../team/join';
import type { DagStep, MapStep, ParallelStep, RouteStep, Step, StepKind, VoteStep } from '../team/step';
import { cyclesIn } from './cycles';
import type { Findings, Scope } from './findings';
import type { Place } from './mistake';
import { didYouMean, listed } from './suggest';

/** What single patterns demand of their own parts. */
export function checkPatterns({ steps }: Scope, found: Findings): void {
  for (const { step, place } of steps) {
    if (step.kind === 'parallel') checkParallel(step, place, found);
    if (step.kind === 'map') checkMap(step, place, found);
    if (step.kind === 'vote') checkVote(step, place, found);
    if (step.kind === 'route') checkRoute(step, place, found);
    if (step.kind === 'dag') checkDag(step, place, found);
    checkStop(step, place, found);
    if (step.kind === 'peers' && Object.hasOwn(step.members, 'all'))
      found.mistake(
        [...place, 'members', 'all'],
        'has the name that stands for everybody. Name the member differently.',
      );
  }
}

/** Kinds that `stopWhen` can end early: they run several steps, and what has finished is a result. */
const STOPPABLE: readonly StepKind[] = [
  'pipeline',
  'parallel',
  'map',
  'dag',
  'supervise',
  'refine',
  'debate',
  'peers',
];

function checkStop({ kind, stopWhen }: Step, place: Place, found: Findings): void {
  if (stopWhen !== undefined && !STOPPABLE.includes(kind))
    found.mistake(
      [...place, 'stopWhen'],
      `has no effect on a step of kind ${kind}. It can end these early: ${STOPPABLE.join(', ')}.${kind === 'race' ? ' A race has `accept`.' : ''}`,
    );
}

function checkParallel({ branches, join, merge }: ParallelStep, place: Place, found: Findings): void {
  const names = Object.keys(branches);
  checkQuorum(join, { most: names.length, of: 'branches' }, { place, found });
  for (const { name, at } of [...requiredOf(join), ...weightsOf(merge)])
    if (!names.includes(name)) found.mistake([...place, ...at], unknown('branch', name, names));
}

function checkMap(map: MapStep, place: Place, found: Findings): void {
  const { join, merge, maxItems } = map;
  checkSharing(map, place, found);
  checkQuorum(join, { most: maxItems, of: 'items that maxItems allows' }, { place, found });
  for (const { name, at } of [...requiredOf(join), ...weightsOf(merge)])
    found.mistake([...place, ...at], `names "${name}", but the items of a map have no names.`);
}

/** Many calls in one activity end together, which would be too late where one answer is enough. */
function checkSharing({ callsPerActivity, join, step }: MapStep, place: Place, found: Findings): void {
  if (callsPerActivity <= 1 || callsPerActivity === CALLS_PER_ACTIVITY) return;
  const why =
    step.timeout !== undefined
      ? 'its items have a timeout of their own'
      : join === 'any' || (typeof join === 'object' && 'quorum' in join)
        ? 'its join may be settled before all items have ended'
        : undefined;
  if (why !== undefined)
    found.warning(
      [...place, 'callsPerActivity'],
      `has no effect: ${why}, so that each item is called by itself.`,
    );
}

function checkQuorum(
  join: Join,
  { most, of }: { readonly most: number; readonly of: string },
  { place, found }: { readonly place: Place; readonly found: Findings },
): void {
  if (typeof join === 'object' && 'quorum' in join && join.quorum > most)
    found.mistake(
      [...place, 'join', 'quorum'],
      `asks for ${join.quorum} successes of ${most} ${of}, which can never be.`,
    );
}

interface Named {
  readonly name: string;
  readonly at: Place;
}

function requiredOf(join: Join): readonly Named[] {
  if (typeof join !== 'object' || !('bestEffort' in join)) return [];
  return join.bestEffort.required.map((name, index) => ({
    name,
    at: ['join', 'bestEffort', 'required', index],
  }));
}

function weightsOf(merge: Merge): readonly Named[] {
  if (typeof merge !== 'object' || !('weigh' in merge)) return [];
  return Object.keys(merge.weigh.weights).map((name) => ({ name, at: ['merge', 'weigh', 'weights', name] }));
}

function checkVote({ voters, rule }: VoteStep, place: Place, found: Findings): void {
  if (typeof rule !== 'object' || !('weighted' in rule)) return;
  const names = Object.keys(voters);
  for (const name of Object.keys(rule.weighted))
    if (!names.includes(name))
      found.mistake([...place, 'rule', 'weighted', name], unknown('voter', name, names));
}

function checkRoute({ by, routes }: RouteStep, place: Place, found: Findings): void {
  const names = Object.keys(routes);
  const reached = new Set<string>();
  const asked = new Set<string>();
  for (const [index, classifier] of by.entries()) {
    const named: readonly Named[] =
      classifier.by === 'rules'
        ? classifier.rules.map(({ route }, rule) => ({ name: route, at: ['rules', rule, 'route'] }))
        : classifier.by === 'examples'
          ? Object.keys(classifier.examples)
              .map((label) => ({ name: routeOfLabel(label), at: ['examples', label] }))
              .filter(({ name }) => name !== OTHERWISE)
          : names.map((name) => ({ name, at: [] }));
    if (classifier.by === 'agent') {
      if (asked.has(classifier.agent))
        found.mistake(
          [...place, 'by', index, 'agent'],
          `asks "${classifier.agent}" a second time, who would say the same. Name another agent.`,
        );
      asked.add(classifier.agent);
    }
    for (const { name, at } of named) {
      reached.add(name);
      if (!names.includes(name)) found.mistake([...place, 'by', index, ...at], unknown('route', name, names));
    }
  }
  for (const name of names)
    if (!reached.has(name))
      found.mistake(
        [...place, 'routes', name],
        'can never be chosen: no classifier names it. Give it a rule or examples, or let an agent or a person choose.',
      );
}

function checkDag(step: DagStep, place: Place, found: Findings): void {
  const { tasks, planner, workers } = step;
  if (tasks === undefined && planner === undefined)
    found.mistake(place, 'has neither tasks nor a planner. Give it fixed tasks, or a planner with workers.');
  if (tasks !== undefined && planner !== undefined)
    found.mistake(
      [...place, 'planner'],
      'stands beside fixed tasks. Choose one: tasks, or a planner with workers.',
    );
  if (planner !== undefined && workers === undefined)
    found.mistake(place, 'has a planner but no workers to give tasks to.');
  if (planner === undefined && workers !== undefined)
    found.mistake([...place, 'workers'], 'are given tasks by a planner, and there is none.');
  if (step.replan && planner === undefined)
    found.mistake(
      [...place, 'replan'],
      'asks for a new plan after a failure, but there is no planner to make one.',
    );
  checkTasks(tasks ?? [], [...place, 'tasks'], found);
}

function checkTasks(tasks: NonNullable<DagStep['tasks']>, place: Place, found: Findings): void {
  const ids = tasks.map(({ id }) => id);
  for (const [index, task] of tasks.entries())
    for (const [nth, id] of task.requires.entries())
      if (!ids.includes(id)) found.mistake([...place, index, 'requires', nth], unknown('task', id, ids));
  for (const cycle of cyclesIn(new Map(tasks.map(({ id, requires }) => [id, requires])))) {
    const [first = ''] = cycle;
    found.mistake(
      [...place, ids.indexOf(first), 'requires'],
      `waits for itself: ${[...cycle, first].join(' → ')}.`,
    );
  }
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const plural = what === 'branch' ? 'branches' : `${what}s`;
  return `names the unknown ${what} "${name}".${didYouMean(name, known)} The ${plural} are: ${listed(known)}.`;
}
