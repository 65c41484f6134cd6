import fc from 'fast-check';
import { checkTeam } from '../../src/contract/check/check-team';
import { scopesOf } from '../../src/contract/check/findings';
import type { Json, JsonObject } from '../../src/contract/json';
import type { RandomTeam } from './random-team';

const ANN: JsonObject = { kind: 'agent', agent: 'ann' };
const BRANCHES: JsonObject = { a: ANN, b: ANN };

/** Steps that cannot run, each for a reason of its own. */
export const BROKEN_STEPS: Readonly<Record<string, JsonObject>> = {
  'an agent that is not there': { kind: 'agent', agent: 'anna' },
  'a sub-team that is not there': { kind: 'team', team: 'outer' },
  'a tool that is not there': { kind: 'tool', tool: 'itemz' },
  'no kind that is known': { kind: 'paralel', branches: BRANCHES },
  'no branches': { kind: 'parallel', branches: {} },
  'two steps of one path': {
    kind: 'pipeline',
    steps: [
      { ...ANN, id: 'x' },
      { ...ANN, id: 'x' },
    ],
  },
  'a quorum of more than there are': { kind: 'parallel', branches: BRANCHES, join: { quorum: 3 } },
  'a required branch that is not there': {
    kind: 'parallel',
    branches: BRANCHES,
    join: { bestEffort: { required: ['c'] } },
  },
  'a synthesis by nobody': { kind: 'parallel', branches: BRANCHES, merge: { synthesize: 'nobody' } },
  'a name for an item of a map': {
    kind: 'map',
    over: '/items',
    step: ANN,
    join: { bestEffort: { required: ['a'] } },
  },
  'no pointer': { kind: 'map', over: 'items', step: ANN },
  'a race judged by nobody': { kind: 'race', branches: BRANCHES, judge: 'nobody' },
  'a route that is not there': {
    kind: 'route',
    by: [{ by: 'rules', rules: [{ when: { at: '', exists: true }, route: 'c' }] }],
    routes: { a: ANN },
    fallback: ANN,
  },
  'a route that nothing leads to': {
    kind: 'route',
    by: [{ by: 'rules', rules: [{ when: { at: '', exists: true }, route: 'a' }] }],
    routes: BRANCHES,
    fallback: ANN,
  },
  'neither agent nor capability': { kind: 'agent' },
  'a capability that nobody has': { kind: 'agent', capability: 'flying' },
  'a packed supervisor': { kind: 'supervise', supervisor: 'packed', workers: BRANCHES },
  'a weight of no voter': { kind: 'vote', voters: BRANCHES, rule: { weighted: { c: 2 } } },
  'a reviewer who promises no verdict': {
    kind: 'refine',
    draft: ANN,
    review: { kind: 'agent', agent: 'vague' },
  },
  'a judge that is no judge': {
    kind: 'debate',
    proposer: ANN,
    critic: ANN,
    judge: { kind: 'vote', voters: BRANCHES },
  },
  'tasks that wait for each other': {
    kind: 'dag',
    tasks: [
      { id: 'a', step: ANN, requires: ['b'] },
      { id: 'b', step: ANN, requires: ['a'] },
    ],
  },
  'two tasks of one name': {
    kind: 'dag',
    tasks: [
      { id: 'a', step: ANN },
      { id: 'a', step: ANN },
    ],
  },
  'neither tasks nor a planner': { kind: 'dag' },
  'a planner without workers': { kind: 'dag', planner: 'fair' },
  'a member called all': { kind: 'peers', members: { all: ANN, a: ANN } },
  'two parts of one name': {
    kind: 'saga',
    steps: [
      { name: 'a', do: ANN },
      { name: 'a', do: ANN },
    ],
  },
  'an escalation after the deadline': {
    kind: 'approve',
    question: 'Go on?',
    deadline: '1h',
    escalate: [{ after: '2h', to: ['ann'] }],
  },
  'silence that lets something write': {
    kind: 'approve',
    question: 'Go on?',
    whenUnanswered: 'approve',
    guards: { kind: 'tool', tool: 'note', args: { text: 'x' } },
  },
  'two checkpoints of one label': {
    kind: 'pipeline',
    steps: [
      { kind: 'checkpoint', label: 'twice' },
      { kind: 'checkpoint', label: 'twice' },
    ],
  },
  'no duration': { ...ANN, timeout: 'soon' },
};

export interface BrokenTeam {
  readonly team: JsonObject;
  readonly why: string;
}

/** A random team in which one step, anywhere in it, was replaced by one that cannot run. */
export function brokenTeam(whole: fc.Arbitrary<RandomTeam>): fc.Arbitrary<BrokenTeam> {
  return fc
    .tuple(whole, fc.constantFrom(...Object.entries(BROKEN_STEPS)), fc.nat())
    .map(([{ team }, [why, step], draw]) => {
      const places = stepPlaces(team);
      const place = places[draw % places.length] ?? ['root'];
      return { team: replaced(team, place, step) as JsonObject, why: `${why}, at ${place.join('.')}` };
    });
}

function stepPlaces(team: JsonObject): readonly (readonly (string | number)[])[] {
  const checked = checkTeam(team).team;
  if (checked === undefined) return [['root']];
  return scopesOf(checked, {}).flatMap(({ steps }) => steps.map(({ place }) => place));
}

function replaced(json: Json, [key, ...rest]: readonly (string | number)[], by: Json): Json {
  if (key === undefined) return by;
  if (Array.isArray(json)) return json.map((item, at) => (at === key ? replaced(item, rest, by) : item));
  const object = json as JsonObject;
  return { ...object, [key]: replaced(object[key] ?? null, rest, by) };
}
