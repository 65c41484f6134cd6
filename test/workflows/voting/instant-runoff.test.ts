import fc from 'fast-check';
import { instantRunoff } from '../../../src/workflows/voting/instant-runoff';

const ANSWERS = ['a', 'b', 'c', 'd'];
const rankings = fc.array(fc.shuffledSubarray(ANSWERS), { minLength: 1, maxLength: 9 });

/** By the definition, one answer at a time; a tie for the fewest is settled by who stands first in `firstToGo`. */
function runoffOneByOne(ballots: readonly (readonly string[])[], firstToGo: readonly string[]): string {
  let remaining = firstToGo.filter((answer) => ballots.some((ballot) => ballot.includes(answer)));
  for (;;) {
    const firsts = ballots.flatMap((ballot) => ballot.find((answer) => remaining.includes(answer)) ?? []);
    const votes = (answer: string) => firsts.filter((first) => first === answer).length;
    const winner = remaining.find((answer) => votes(answer) > firsts.length / 2);
    if (winner !== undefined || remaining.length === 1) return winner ?? remaining[0] ?? '';
    const fewest = Math.min(...remaining.map(votes));
    const out = remaining.find((answer) => votes(answer) === fewest);
    remaining = remaining.filter((answer) => answer !== out);
  }
}

function permutations(items: readonly string[]): readonly (readonly string[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

describe('instantRunoff', () => {
  test('gives exactly the winners of a run-off one by one, over every way to settle its ties', () => {
    const orders = permutations(ANSWERS);
    fc.assert(
      fc.property(rankings, (ballots) => {
        fc.pre(ballots.some((ballot) => ballot.length > 0));
        const expected = new Set(orders.map((order) => runoffOneByOne(ballots, order)));
        expect(new Set(instantRunoff(ballots))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('an answer that is first on more than half of the rankings wins', () => {
    fc.assert(
      fc.property(rankings, fc.constantFrom(...ANSWERS), (ballots, favourite) => {
        const more = ballots.map(() => [favourite]);
        expect(instantRunoff([...ballots, ...more, [favourite]])).toEqual([favourite]);
      }),
    );
  });

  test('the votes of an answer that is out go to the next choice, and one that is named no more to nobody', () => {
    const ballots = [['a'], ['a'], ['b'], ['b'], ['c', 'b']];
    expect(instantRunoff(ballots)).toEqual(['b']);
    expect(instantRunoff([['a'], ['a'], ['b'], ['c']])).toEqual(['a']);
  });

  test('nobody ranked anything: nobody wins; equal halves: both', () => {
    expect(instantRunoff([[], []])).toEqual([]);
    expect(instantRunoff([['a'], ['b']])).toEqual(['a', 'b']);
  });

  test('many answers that are all equal are settled as tied, and in good time', () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const circle = names.map((_, index) => [...names.slice(index), ...names.slice(0, index)]);
    expect(instantRunoff(circle).length).toBeGreaterThan(1);
  });
});
