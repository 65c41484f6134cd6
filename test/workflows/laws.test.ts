import fc from 'fast-check';
import { agent, type Built, parallel, saga, team, tool } from '../../src/contract/builders';
import type { JsonObject } from '../../src/contract/json';
import type { Join } from '../../src/contract/team/join';
import { text } from '../../src/models/scripted-reply';
import { tooFew } from '../../src/workflows/steps/fan-out';
import { type Engine, startEngine } from './engine';
import { tripDesk } from './trip-desk';

/** Cases of one run, side by side; a law is tried on several runs. */
const CASES = { minLength: 15, maxLength: 25 };
const RUNS = { numRuns: 3, endOnFailure: true };

interface JoinCase {
  /** Whether each branch succeeds. */
  readonly ends: readonly boolean[];
  readonly join: Join;
  readonly maxConcurrency: number;
}

const joinCase = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }).chain((ends) =>
  fc.record<JoinCase>({
    ends: fc.constant(ends),
    join: fc.oneof(
      fc.constantFrom<Join>('all', 'any'),
      fc.integer({ min: 1, max: ends.length }).map((quorum) => ({ quorum })),
      fc
        .tuple(fc.integer({ min: 0, max: 10 }), fc.subarray(Object.keys(branchesOf(ends))))
        .map(([tenths, required]) => ({ bestEffort: { atLeast: tenths / 10, required } })),
    ),
    maxConcurrency: fc.integer({ min: 1, max: 5 }),
  }),
);

function branchesOf(ends: readonly boolean[]): Readonly<Record<string, boolean>> {
  return Object.fromEntries(ends.map((end, index) => [`b${index}`, end]));
}

/** The join by its definition. */
function holds(join: Join, ends: Readonly<Record<string, boolean>>): boolean {
  const all = Object.values(ends);
  const good = all.filter((end) => end).length;
  if (join === 'all') return good === all.length;
  if (join === 'any') return good >= 1;
  if ('quorum' in join) return good >= join.quorum;
  const { atLeast, required } = join.bestEffort;
  return (
    good >= 1 && 10 * good >= Math.round(10 * atLeast) * all.length && required.every((name) => ends[name])
  );
}

/** A saga's part: booked, or a saga of its own; and of all the leaves, counted in order, the one that fails. */
type Trip = readonly (string | { readonly isolated: boolean; readonly parts: Trip })[];

const { trip } = fc.letrec<{ trip: Trip }>((tie) => ({
  trip: fc.array(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant('book'),
      fc.record({ isolated: fc.boolean(), parts: tie('trip') }) as fc.Arbitrary<Trip[number]>,
    ),
    { minLength: 1, maxLength: 3 },
  ) as fc.Arbitrary<Trip>,
}));

describe('laws, on the real engine', () => {
  const desk = tripDesk();
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: desk.tools });
    const soon = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    engine.replies({
      good: () => soon().then(() => text('good')),
      bad: () => soon().then(() => ({ text: '', stop: 'refusal' }) as const),
    });
  });
  beforeEach(() => desk.reset());
  afterAll(() => engine.stop());

  test('joins: whatever ends well or ill, in whatever order, each is satisfied exactly by its definition', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(joinCase, CASES), async (cases) => {
        const branches = cases.map(({ ends, join, maxConcurrency }, index) => {
          const parts = Object.entries(branchesOf(ends)).map(([name, end]) => [
            name,
            who(end ? 'good' : 'bad'),
          ]);
          const options = { join, maxConcurrency, onFailure: 'skip' as const };
          return [`case${index}`, parallel(Object.fromEntries(parts), options)];
        });
        const result = await engine.run(team('joins', parallel(Object.fromEntries(branches))), 'go');
        const outputs = (await engine.valueOf(result.output)) as JsonObject;
        for (const [index, { ends, join }] of cases.entries()) {
          const named = branchesOf(ends);
          const output = outputs[`case${index}`] as JsonObject | null;
          const told = result.missing.filter((path) => path.startsWith(`root/parallel:case${index}/`));
          expect({ join, ends, holds: output !== null }).toEqual({ join, ends, holds: holds(join, named) });
          if (output === null) continue;
          const good = Object.keys(named).filter((name) => named[name]);
          const given = Object.keys(output);
          expect(given).toEqual(good.filter((name) => given.includes(name)));
          const isWhole = join === 'all' || (typeof join === 'object' && 'bestEffort' in join);
          if (isWhole) expect(given).toEqual(good);
          if (typeof join === 'object' && 'quorum' in join)
            expect(given.length).toBeGreaterThanOrEqual(join.quorum);
          expect(told).toHaveLength(isWhole ? ends.length - good.length : 0);
        }
      }),
      RUNS,
    );
  });

  test('undo: whatever sagas are in whatever others, all that was done is undone, the last first, and what failed before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(trip, fc.nat()), CASES), async (cases) => {
        desk.reset();
        const expected = new Map<string, readonly string[]>();
        const failing = new Set<string>();
        const branches = cases.map(([parts, pick], index) => {
          const leaves: string[] = [];
          const built = sagaOf(parts, `s${index}`, leaves, { onFailure: 'skip' });
          // One past the last: nothing fails.
          const at = pick % (leaves.length + 1);
          const failed = leaves[at];
          const done = leaves.slice(0, at);
          if (failed !== undefined) failing.add(`book ${failed}`);
          const undone = failed === undefined ? [] : [`${failed}?`, ...done.toReversed()];
          expected.set(`s${index}`, [
            ...done.map((leaf) => `book ${leaf}`),
            ...undone.map((leaf) => `cancel ${leaf}`),
          ]);
          return [`s${index}`, built];
        });
        desk.before = (action) => {
          if (failing.has(action)) throw new Error('none left');
        };
        await engine.run(team('trips', parallel(Object.fromEntries(branches))), 'go');
        for (const [name, actions] of expected)
          expect(desk.done.filter((action) => action.split(' ')[1]?.startsWith(`${name}-`))).toEqual(actions);
      }),
      RUNS,
    );
  });
});

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });

/** Names every leaf, in the order in which it is done. */
function sagaOf(parts: Trip, prefix: string, leaves: string[], more: object = {}): Built {
  const steps = parts.map((part, index) => {
    const name = `p${index}`;
    if (typeof part !== 'string')
      return { name, do: sagaOf(part.parts, prefix, leaves, { isolated: part.isolated }) };
    const what = `${prefix}-${leaves.length}`;
    leaves.push(what);
    return { name, do: tool('book', { what }) };
  });
  return saga(steps, more);
}

test('joins: a share of the branches is never more than that share, however many they are', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.integer({ min: 1, max: 1000 }), fc.nat(1000), (percent, total, some) => {
      const succeeded = Math.min(some, total);
      const suffices = succeeded >= 1 && 100 * succeeded >= percent * total;
      const join = { bestEffort: { atLeast: percent / 100, required: [] } };
      expect(tooFew(join, { total, succeeded }) === undefined).toBe(suffices);
    }),
    {
      examples: [
        [28, 25, 7],
        [55, 100, 55],
      ],
    },
  );
});
