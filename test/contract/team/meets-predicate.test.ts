import { meetsPredicate } from '../../../src/contract/team/meets-predicate';
import type { Predicate } from '../../../src/contract/team/predicate';

const value = { score: 7, text: 'Grüße, all', tags: ['a', { b: 1 }], none: null };

test.each<[Predicate, boolean]>([
  [{ at: '/score', atLeast: 7 }, true],
  [{ at: '/score', atLeast: 7.1 }, false],
  [{ at: '/score', atMost: 7 }, true],
  [{ at: '/text', atMost: 7 }, false],
  [{ at: '/text', matches: '^grü' }, false],
  [{ at: '/text', matches: '^Gr.ße' }, true],
  [{ at: '/score', matches: '7' }, false],
  [{ at: '/tags/1', equals: { b: 1 } }, true],
  [{ at: '/tags/9', equals: null }, false],
  [{ at: '/none', equals: null }, true],
  [{ at: '/none', exists: true }, true],
  [{ at: '/gone', exists: false }, true],
  [{ at: '/gone/deeper', exists: true }, false],
  [{ not: { at: '/gone', equals: 1 } }, true],
  [
    {
      all: [
        { at: '/score', atLeast: 1 },
        { at: '/gone', exists: false },
      ],
    },
    true,
  ],
  [
    {
      all: [
        { at: '/score', atLeast: 1 },
        { at: '/gone', exists: true },
      ],
    },
    false,
  ],
  [
    {
      any: [
        { at: '/score', atLeast: 9 },
        { at: '/score', atMost: 9 },
      ],
    },
    true,
  ],
  [
    {
      any: [
        { at: '/score', atLeast: 9 },
        { at: '/score', atMost: 1 },
      ],
    },
    false,
  ],
])('predicate %j is %s', (predicate, met) => {
  expect(meetsPredicate(predicate, value)).toBe(met);
});
