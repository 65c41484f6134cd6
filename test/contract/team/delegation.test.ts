import fc from 'fast-check';
import { delegationOf, shareOf } from '../../../src/contract/team/delegation';
import { inline } from '../../../src/contract/value';

const REF = { ref: { hash: 'h', bytes: 9000 }, preview: 'long' };

describe('a delegation', () => {
  test('told: objective, expected output and boundaries as text; weight and finish are not', () => {
    const args = {
      objective: 'do',
      expectedOutput: 'a list',
      boundaries: 'no files',
      weight: 3,
      finish: true,
    };
    expect(delegationOf(inline(args))).toEqual({
      told: inline('do\n\nExpected output: a list\n\nBoundaries: no files'),
      weight: 3,
      finish: true,
    });
    expect(delegationOf(inline({ objective: 'do', boundaries: '' }))).toEqual({
      told: inline('do'),
      weight: 1,
      finish: false,
    });
  });

  test('a long one keeps its weight: what is stored elsewhere stays there', () => {
    const args = { record: { objective: REF, boundaries: inline('none'), weight: inline(5) } };
    expect(delegationOf(args)).toEqual({
      told: { text: [REF, inline('\n\n'), inline('Boundaries: '), inline('none')] },
      weight: 5,
      finish: false,
    });
  });

  test('shares go by weight, and leave the supervisor as much as a weight of 1', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 16 }), (weights) => {
        const shares = weights.map((weight) => shareOf(weight, weights));
        const kept = 1 - shares.reduce((sum, share) => sum + share, 0);
        const sum = weights.reduce((left, right) => left + right, 1);
        expect(kept).toBeCloseTo(1 / sum, 9);
        for (const [index, share] of shares.entries())
          expect(share / kept).toBeCloseTo(weights[index] ?? 0, 6);
      }),
    );
  });
});
