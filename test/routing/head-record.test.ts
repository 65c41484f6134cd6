import fc from 'fast-check';
import { headOf, recordOf } from '../../src/routing/head-record';

describe('the record of a trained head', () => {
  test('comes back number for number through JSON', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.float32Array({ minLength: 1, maxLength: 5, noNaN: true }),
        (labels, dimensions, rarity) => {
          const weights = new Float32Array((dimensions + rarity.length + 1) * labels.length).map((_, index) =>
            Math.sin(index),
          );
          const head = { labels, dimensions, rarity, weights };
          expect(headOf(JSON.parse(JSON.stringify(recordOf(head))))).toEqual(head);
        },
      ),
    );
  });

  test('what is no record, or lacks weights, is no head', () => {
    const head = { labels: ['a'], dimensions: 1, rarity: Float32Array.of(1), weights: Float32Array.of(1, 2) };
    expect(headOf(undefined)).toBeUndefined();
    expect(headOf({ labels: [] })).toBeUndefined();
    expect(headOf(recordOf(head))).toBeUndefined();
  });
});
