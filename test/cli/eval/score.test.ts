import fc from 'fast-check';
import type { Scored } from '../../../src/cli/eval/run-row';
import { score } from '../../../src/cli/eval/score';
import { NO_USAGE } from '../../../src/contract/cost/usage';

const row = (expected: string, actual: string, latencyMs = 1): Scored => ({
  run: 'r',
  input: 'x',
  expected,
  actual,
  right: expected === actual,
  failed: false,
  latencyMs,
  usage: { ...NO_USAGE, calls: 2, microDollars: 5 },
});

describe('the score of an evaluation', () => {
  test('each answer has its share found and its share right; both are null where there is nothing to share', () => {
    const { labels, accuracy, wrong } = score('t', [
      row('a', 'a'),
      row('a', 'b'),
      row('b', 'b'),
      row('c', 'b'),
    ]);
    expect(labels).toEqual([
      { label: 'a', expected: 2, given: 1, right: 1, precision: 1, recall: 0.5 },
      { label: 'b', expected: 1, given: 3, right: 1, precision: 1 / 3, recall: 1 },
      { label: 'c', expected: 1, given: 0, right: 0, precision: null, recall: 0 },
    ]);
    expect(accuracy).toBe(0.5);
    expect(wrong.map(({ expected, actual }) => [expected, actual])).toEqual([
      ['a', 'b'],
      ['c', 'b'],
    ]);
  });

  test('every row is counted once in the confusion, and what it used in the sum', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const scored = fc.array(fc.tuple(label, label, fc.nat(5000)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(scored, (rows) => {
        const report = score(
          't',
          rows.map(([expected, actual, ms]) => row(expected, actual, ms)),
        );
        const counts = Object.values(report.confusion).flatMap((cells) => Object.values(cells));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
        expect(report.usage).toMatchObject({ calls: 2 * rows.length, microDollars: 5 * rows.length });
        const { p50, p95, p99, max } = report.latencyMs;
        expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].sort((one, other) => one - other));
        expect(max).toBe(Math.max(...rows.map(([, , ms]) => ms)));
      }),
    );
  });
});
