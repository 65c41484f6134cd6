import fc from 'fast-check';
import type { BranchOutput } from '../../../src/activities/values/merge/branch-output';
import { concatenate } from '../../../src/activities/values/merge/concatenate';
import { deduplicate } from '../../../src/activities/values/merge/deduplicate';
import { weigh } from '../../../src/activities/values/merge/weigh';
import type { Json, JsonObject } from '../../../src/contract/json';

const branchNames = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
const item = fc.record({
  file: fc.constantFrom('x.ts', 'y.ts', 'z.ts'),
  line: fc.integer({ min: 0, max: 3 }),
});
const lists: fc.Arbitrary<readonly BranchOutput[]> = branchNames.chain((names) =>
  fc.tuple(...names.map((branch) => fc.array(item, { maxLength: 6 }).map((output) => ({ branch, output })))),
);
const WHOLE = { list: '', by: [] };

function items(merged: Json): readonly JsonObject[] {
  return merged as readonly JsonObject[];
}

function plain({ sources: _, ...rest }: JsonObject): JsonObject {
  return rest;
}

describe('deduplicate', () => {
  test('keeps every item once, in the order of its first naming', () => {
    fc.assert(
      fc.property(lists, (outputs) => {
        const all = outputs.flatMap(({ output }) => items(output).map((one) => JSON.stringify(one)));
        const merged = items(deduplicate(outputs, WHOLE)).map((one) => JSON.stringify(plain(one)));
        expect(merged).toEqual([...new Set(all)]);
      }),
    );
  });

  test('names in sources exactly the branches that have the item, in their order', () => {
    fc.assert(
      fc.property(lists, (outputs) => {
        for (const merged of items(deduplicate(outputs, WHOLE))) {
          const own = JSON.stringify(plain(merged));
          const naming = outputs.filter(({ output }) =>
            items(output).some((one) => JSON.stringify(one) === own),
          );
          expect(merged.sources).toEqual(naming.map(({ branch }) => branch));
        }
      }),
    );
  });

  test('is idempotent: what was deduplicated stays as it is, but for the new source', () => {
    fc.assert(
      fc.property(lists, (outputs) => {
        const once = deduplicate(outputs, WHOLE);
        const twice = items(deduplicate([{ branch: 'again', output: once }], WHOLE));
        expect(twice.map(plain)).toEqual(items(once).map(plain));
        expect(twice.map(({ sources }) => sources)).toEqual(
          items(once).map(({ sources }) => [...(sources as readonly Json[]), 'again']),
        );
      }),
    );
  });

  test('compares the named places only, without case and spacing', () => {
    const outputs = [
      { branch: 'a', output: { found: [{ title: 'SQL  Injection', file: 'db.ts', note: 'first' }] } },
      { branch: 'b', output: { found: [{ title: 'sql injection', file: 'db.ts', note: 'second' }] } },
    ];
    expect(deduplicate(outputs, { list: '/found', by: ['/title', '/file'] })).toEqual([
      { title: 'SQL  Injection', file: 'db.ts', note: 'first', sources: ['a', 'b'] },
    ]);
  });

  test('does not take two items for one because neither has the named place', () => {
    const outputs = [{ branch: 'a', output: [{ note: 'one' }, { note: 'two' }] }];
    expect(deduplicate(outputs, { list: '', by: ['/title'] })).toHaveLength(2);
  });

  test('wraps items that are no objects', () => {
    const outputs = [
      { branch: 'a', output: ['Risk'] },
      { branch: 'b', output: ['risk ', 'cost'] },
    ];
    expect(deduplicate(outputs, WHOLE)).toEqual([
      { value: 'Risk', sources: ['a', 'b'] },
      { value: 'cost', sources: ['b'] },
    ]);
  });

  test('names the branch that gave no list', () => {
    const outputs = [
      { branch: 'a', output: { found: [] } },
      { branch: 'b', output: 'nothing found' },
    ];
    expect(() => deduplicate(outputs, { list: '/found', by: [] })).toThrow(
      /branch "b" has no list at "\/found"/,
    );
  });
});

describe('weigh', () => {
  const rule = { value: '/answer', confidence: '/confidence', weights: {} };
  const answers = branchNames.chain((names) =>
    fc.tuple(
      ...names.map((branch) =>
        fc
          .record({
            answer: fc.constantFrom('yes', 'no', 'maybe'),
            confidence: fc.integer({ min: 0, max: 8 }),
          })
          // Eighths add up without rounding, so that sums can be compared exactly.
          .map(({ answer, confidence }) => ({ branch, output: { answer, confidence: confidence / 8 } })),
      ),
    ),
  );

  test('no other answer has a greater sum of confidence, and the winner was given by a branch', () => {
    fc.assert(
      fc.property(answers, (outputs) => {
        const sum = (answer: Json): number =>
          outputs.reduce((all, { output }) => (output.answer === answer ? all + output.confidence : all), 0);
        const winner = weigh(outputs, rule);
        expect(outputs.map(({ output }) => output.answer)).toContain(winner);
        for (const { output } of outputs) expect(sum(winner)).toBeGreaterThanOrEqual(sum(output.answer));
      }),
    );
  });

  test('does not depend on how confidence is split over branches that agree', () => {
    const outputs = [
      { branch: 'a', output: { answer: 'no', confidence: 0.75 } },
      { branch: 'b', output: { answer: 'Yes', confidence: 0.5 } },
      { branch: 'c', output: { answer: 'yes ', confidence: 0.5 } },
    ];
    expect(weigh(outputs, rule)).toBe('Yes');
    expect(weigh(outputs, { ...rule, weights: { a: 2 } })).toBe('no');
  });

  test('of equal sums the first named wins', () => {
    const outputs = ['b', 'a'].map((branch) => ({ branch, output: { answer: branch, confidence: 0.5 } }));
    expect(weigh(outputs, rule)).toBe('b');
  });

  test.each([
    ['no answer', { confidence: 1 }, /branch "a" has no answer/],
    ['no confidence', { answer: 'x' }, /branch "a" has no confidence/],
    ['too much confidence', { answer: 'x', confidence: 1.5 }, /no confidence from 0 to 1/],
  ])('refuses %s', (_, output, message) => {
    expect(() => weigh([{ branch: 'a', output }], rule)).toThrow(message);
  });
});

describe('concatenate', () => {
  test('joins arrays to one, without losing or reordering an item', () => {
    fc.assert(
      fc.property(lists, (outputs) => {
        expect(concatenate(outputs)).toEqual(outputs.flatMap(({ output }) => output as readonly Json[]));
      }),
    );
  });

  test('gives every branch a heading where one output is no array', () => {
    const outputs = [
      { branch: 'summary', output: 'All well.\n' },
      { branch: 'findings', output: [1] },
    ];
    expect(concatenate(outputs)).toBe('## summary\n\nAll well.\n\n## findings\n\n[\n  1\n]');
  });
});
