import { FailureWindow } from '../../../src/models/traffic/failure-window';

const terms = { threshold: 3, windowMs: 1_000, recoveryMs: 1_000 };

/** Whether the last of these ends opens the circuit; each is `+` or `-` and a millisecond after the one before, or later. */
function opens(ends: readonly (readonly ['+' | '-', number])[]): boolean {
  const window = new FailureWindow(terms);
  return ends.map(([end, at]) => window.note(end === '-', at)).at(-1) === true;
}

describe('failure window', () => {
  test('opens at the threshold, and not before', () => {
    expect(
      opens([
        ['-', 0],
        ['-', 1],
      ]),
    ).toBe(false);
    expect(
      opens([
        ['-', 0],
        ['-', 1],
        ['-', 2],
      ]),
    ).toBe(true);
  });

  test('a long healthy past delays nothing', () => {
    const well = Array.from({ length: 100 }, (_, at) => ['+', at] as const);
    expect(opens([...well, ['-', 101], ['-', 102], ['-', 103]])).toBe(true);
  });

  test('rare failures among many answers never open it', () => {
    const mostly = Array.from({ length: 100 }, (_, at) => [at % 4 === 0 ? '-' : '+', at] as const);
    const window = new FailureWindow(terms);
    expect(mostly.some(([end, at]) => window.note(end === '-', at))).toBe(false);
  });

  test('failures older than the window do not count', () => {
    expect(
      opens([
        ['-', 0],
        ['-', 1],
        ['-', 1_001],
      ]),
    ).toBe(false);
  });
});
