import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/contract/json';
import type { StepKind } from '../../src/contract/team/step';

/** Where a step is generated: how much may still be nested below it, who may work there, and which sub-teams are in reach. */
export interface Ground {
  readonly depth: number;
  readonly workers: readonly string[];
  readonly teams: readonly string[];
}

type Steps = fc.Arbitrary<JsonObject>;

/** What every generated checkpoint is called until it stands in a team. */
export const SOME_LABEL = 'here';

const LEAVES = [
  'agent',
  'tool',
  'emit',
  'checkpoint',
  'approve',
  'on',
] as const satisfies readonly StepKind[];
const COMPOSITES = [
  'pipeline',
  'parallel',
  'map',
  'race',
  'route',
  'supervise',
  'debate',
  'vote',
  'refine',
  'dag',
  'peers',
  'saga',
] as const satisfies readonly StepKind[];

export const GENERATED_KINDS: readonly StepKind[] = [...LEAVES, ...COMPOSITES, 'team'];

/**
 * A step of that kind, as somebody might write it, with random steps below it. A map comes behind the tool that lists
 * its items, and a step that waits for an event behind the one that raises it.
 */
export function randomStep(kind: StepKind, ground: Ground): Steps {
  const own = OWN[kind](ground).map((fields): JsonObject => ({ kind, ...fields }));
  const dressed = fc
    .tuple(optionsIn(ground, kind), own)
    .map(([options, step]): JsonObject => ({ ...options, ...step }));
  if (kind === 'map') return dressed.map((step) => inOrder({ kind: 'tool', tool: 'items' }, step));
  if (kind === 'on') return dressed.map((step) => inOrder({ kind: 'emit', event: String(step.event) }, step));
  return dressed;
}

function inOrder(...steps: readonly JsonObject[]): JsonObject {
  return { kind: 'pipeline', steps };
}

const known = new Map<string, Steps>();

/** Any step that fits. Made once for each ground: they hold each other many times over. */
export function anyStep(ground: Ground): Steps {
  const key = JSON.stringify(ground);
  const before = known.get(key);
  if (before !== undefined) return before;
  const kinds: readonly StepKind[] = [
    ...LEAVES,
    ...(ground.depth > 0 ? COMPOSITES : []),
    ...(ground.teams.length > 0 ? (['team'] as const) : []),
  ];
  const made = fc.oneof(
    { weight: 4, arbitrary: randomStep('agent', ground) },
    ...kinds.map((kind) => ({ weight: 1, arbitrary: randomStep(kind, ground) })),
  );
  known.set(key, made);
  return made;
}

const NAMES = ['a', 'b', 'c'] as const;

function named(steps: readonly JsonObject[]): JsonObject {
  return Object.fromEntries(steps.map((step, index) => [NAMES[index] ?? 'more', step]));
}

function children(ground: Ground, least = 1): fc.Arbitrary<readonly JsonObject[]> {
  return fc.array(below(ground), { minLength: least, maxLength: NAMES.length });
}

function below(ground: Ground): Steps {
  return fc.constant(null).chain(() => anyStep({ ...ground, depth: Math.max(0, ground.depth - 1) }));
}

/** A part that answers a pattern's question: an agent does, by itself, behind a question or at the end of a pipeline. */
function answering(ground: Ground): Steps {
  const fair: JsonObject = { kind: 'agent', agent: 'fair' };
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(fair) },
    {
      weight: 1,
      arbitrary: fc.constant<JsonObject>({ kind: 'approve', question: 'Judge it?', guards: fair }),
    },
    { weight: 1, arbitrary: below({ ...ground, depth: 1 }).map((step) => inOrder(step, fair)) },
    {
      weight: 1,
      arbitrary: fc.constant<JsonObject>({ kind: 'supervise', supervisor: 'boss', workers: { a: fair } }),
    },
  );
}

/** Kinds that `stopWhen` may end early. */
const STOPPABLE: readonly StepKind[] = ['pipeline', 'parallel', 'map', 'dag', 'refine', 'debate', 'peers'];

/** None more often than not, else any of them together. */
function optionsIn({ workers }: Ground, kind: StepKind): fc.Arbitrary<JsonObject> {
  const fallback = fc
    .tuple(fc.constantFrom(...workers), fc.constantFrom<JsonObject>({}, { on: 'any' }))
    .map(([agent, on]): Json => ({ fallback: { kind: 'agent', agent }, ...on }));
  const some = fc.record(
    {
      phase: fc.constantFrom('work', 'rest'),
      retry: fc.integer({ min: 1, max: 3 }).map((attempts) => ({ attempts })),
      isolated: fc.boolean(),
      timeout: fc.constant('5m'),
      budget: fc.constantFrom(0.2, 0.5, 1),
      onFailure: fc.oneof(fc.constantFrom<Json>('fail', 'skip', 'escalate'), fallback),
      ...(STOPPABLE.includes(kind) ? { stopWhen: fc.constant<Json>({ at: '', exists: true }) } : {}),
    },
    { requiredKeys: [] },
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<JsonObject>({}) },
    { weight: 4, arbitrary: some as fc.Arbitrary<JsonObject> },
  );
}

const EVENTS = fc.constantFrom('ping', 'pong');
const ROUNDS = fc.integer({ min: 1, max: 2 });
const MERGE = fc.constantFrom<Json>('collect', 'concatenate', { synthesize: 'ann' });
const TERMS: JsonObject = { deadline: '1h', whenUnanswered: 'deny' };

function joinOf(most: number): fc.Arbitrary<Json> {
  return fc.oneof(
    fc.constantFrom<Json>('all', 'any', { bestEffort: { atLeast: 0.5 } }),
    fc.integer({ min: 1, max: most }).map((quorum) => ({ quorum })),
  );
}

/** The fields of each kind. */
const OWN: Readonly<Record<StepKind, (ground: Ground) => fc.Arbitrary<JsonObject>>> = {
  agent: ({ workers }) =>
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ agent: fc.constantFrom(...workers) }) },
      {
        weight: 1,
        arbitrary: fc.record(
          { capability: fc.constant('answering'), tier: fc.constantFrom('light', 'medium', 'heavy') },
          { requiredKeys: ['capability'] },
        ),
      },
    ),
  tool: () => fc.constantFrom<JsonObject>({ tool: 'items' }, { tool: 'note', args: { text: 'x' } }),
  emit: () => fc.record({ event: EVENTS }),
  on: () => fc.record({ event: EVENTS, timeout: fc.constant('1m') }),
  checkpoint: () => fc.constant({ label: SOME_LABEL }),
  approve: (ground) => {
    const question = { question: 'Go on?', ...TERMS };
    if (ground.depth === 0) return fc.constant(question);
    return fc.option(below(ground), { nil: undefined }).map((guards) => ({
      ...question,
      ...(guards === undefined ? {} : { guards }),
    }));
  },
  pipeline: (ground) => children(ground).map((steps) => ({ steps })),
  parallel: (ground) => fc.oneof({ weight: 3, arbitrary: sideBySide(ground) }, weighed(), deduplicated()),
  map: (ground) =>
    fc.record({
      over: fc.constant('/items'),
      step: below(ground),
      join: joinOf(2),
      merge: MERGE,
      maxItems: fc.constant(3),
      maxConcurrency: fc.integer({ min: 1, max: 2 }),
      callsPerActivity: fc.integer({ min: 1, max: 3 }),
      window: fc.integer({ min: 1, max: 3 }),
    }),
  race: (ground) =>
    fc
      .record({
        branches: children(ground).map(named),
        terms: fc.constantFrom<JsonObject>(
          {},
          { accept: { at: '', exists: true } },
          { judge: 'fair' },
          { hedgeAfter: '50ms' },
        ),
      })
      .map(({ branches, terms }) => ({ branches, ...terms })),
  route: (ground) =>
    fc
      .record({
        by: fc.constantFrom<Json>(
          [{ by: 'agent', agent: 'fair' }],
          [{ by: 'rules', rules: [{ when: { at: '/none', exists: true }, route: 'a' }] }, { by: 'person' }],
          'examples',
        ),
        routes: children(ground).map(named),
        fallback: below(ground),
      })
      .map((step) => (step.by === 'examples' ? { ...step, by: byExamples(Object.keys(step.routes)) } : step)),
  supervise: (ground) =>
    fc.record({
      supervisor: fc.constant('boss'),
      workers: children(ground).map(named),
      maxRounds: ROUNDS,
      maxIdleRounds: ROUNDS,
      passThrough: fc.boolean(),
    }),
  debate: (ground) =>
    fc.record({
      proposer: below(ground),
      critic: answering(ground),
      judge: answering(ground),
      maxRounds: ROUNDS,
    }),
  vote: (ground) =>
    fc.record({
      voters: children(ground).map(named),
      rule: fc.constantFrom<Json>(
        'majority',
        'plurality',
        'unanimous',
        'ranked',
        { qualified: 0.75 },
        { weighted: { a: 2.5 } },
      ),
      tieBreak: fc.oneof(fc.constant<Json>('escalate'), answering(ground)),
    }),
  refine: (ground) => fc.record({ draft: below(ground), review: answering(ground), maxRounds: ROUNDS }),
  dag: (ground) => fc.oneof(fixedTasks(ground), plannedTasks(ground)),
  peers: (ground) =>
    fc.record({
      members: fc.array(answering(ground), { minLength: 1, maxLength: 3 }).map(named),
      maxRounds: ROUNDS,
      until: fc.constantFrom('consensus', 'quiet'),
    }),
  saga: (ground) =>
    children(ground).map((steps) => ({
      steps: steps.map((step, index) => ({
        name: NAMES[index] ?? 'more',
        do: step,
        ...(index === 1 ? {} : { undo: { kind: 'tool', tool: 'note', args: { text: 'undone' } } }),
      })),
    })),
  team: ({ teams }) => fc.record({ team: fc.constantFrom(...teams) }),
};

function sideBySide(ground: Ground): fc.Arbitrary<JsonObject> {
  return children(ground).chain((steps) =>
    fc.record({
      branches: fc.constant(named(steps)),
      join: joinOf(steps.length),
      merge: MERGE,
      maxConcurrency: fc.integer({ min: 1, max: 3 }),
    }),
  );
}

/** Answers with a confidence each, of which one may count for more. */
function weighed(): fc.Arbitrary<JsonObject> {
  const voter: JsonObject = { kind: 'agent', agent: 'sure' };
  return fc
    .tuple(
      fc.integer({ min: 1, max: NAMES.length }),
      fc.constantFrom<JsonObject>({}, { weights: { a: 2.5 } }),
    )
    .map(([count, weigh]) => ({
      branches: named(Array.from({ length: count }, () => voter)),
      merge: { weigh },
    }));
}

/** Lists with the same items in all of them. */
function deduplicated(): fc.Arbitrary<JsonObject> {
  return fc.integer({ min: 1, max: NAMES.length }).map((count) => ({
    branches: named(Array.from({ length: count }, () => ({ kind: 'tool', tool: 'items' }))),
    merge: { deduplicate: { list: '/items' } },
  }));
}

/** Every route has examples, and one of them has an intent of its own; what they do not tell goes to a person or on. */
function byExamples(routes: readonly string[]): Json {
  const texts = [
    ['one', 'two'],
    ['yes', 'no'],
    ['where is my parcel', 'it never came'],
  ];
  const examples = routes.map((route, index) => [
    index === 0 ? `${route}/first` : route,
    texts[index] ?? ['else'],
  ]);
  return [
    { by: 'examples', examples: Object.fromEntries(examples) },
    { by: 'agent', agent: 'fair' },
  ];
}

/** Each task may require any of those before it. */
function fixedTasks(ground: Ground): fc.Arbitrary<JsonObject> {
  return children(ground).chain((steps) =>
    fc.tuple(...steps.map((_, index) => fc.subarray(NAMES.slice(0, index))), fc.boolean()).map((drawn) => ({
      tasks: steps.map((step, index) => ({
        id: NAMES[index] ?? 'more',
        step,
        requires: drawn[index] as Json,
        optional: drawn.at(-1) as boolean,
      })),
    })),
  );
}

function plannedTasks(ground: Ground): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      workers: children(ground).map(named),
      replan: fc.boolean(),
      approved: fc.boolean(),
    })
    .map(({ workers, replan, approved }) => ({
      planner: 'fair',
      workers,
      replan,
      maxTasks: 3,
      ...(approved ? { approvePlan: TERMS } : {}),
    }));
}
