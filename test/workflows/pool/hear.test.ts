import fc from 'fast-check';
import type { PoolMemory, PoolMessage } from '../../../src/contract/pool';
import { ALLOWANCE_LEASE_MS, PROBE_LEASE_MS } from '../../../src/contract/pool';
import { FRESH_POOL, hear } from '../../../src/workflows/pool/hear';

const START = 1_700_000_000_000;
const RECOVERY_MS = 60_000;

/** A pool that is told things at given moments, in milliseconds after the start. */
function fleet() {
  let memory: PoolMemory = FRESH_POOL;
  return {
    memory: () => memory,
    tell(message: PoolMessage, at: number) {
      const heard = hear(memory, message, START + at);
      // As it would come out of a new execution.
      memory = JSON.parse(JSON.stringify(heard.memory)) as PoolMemory;
      return heard.reply;
    },
  };
}

const trip = (by: string): PoolMessage => ({
  kind: 'trip',
  by,
  reason: 'ModelOverloaded',
  recoveryMs: RECOVERY_MS,
});
const probe = (by: string): PoolMessage => ({ kind: 'probe', by });
const probed = (by: string, verdict: 'well' | 'ill' | 'unknown'): PoolMessage => ({
  kind: 'probed',
  by,
  verdict,
  recoveryMs: RECOVERY_MS,
});

describe('pool: the circuit', () => {
  test('the first to trip opens it for all, and later ones do not prolong it', () => {
    const pool = fleet();
    pool.tell(trip('a'), 0);
    expect(pool.tell(trip('b'), 30_000).state.circuit).toMatchObject({
      state: 'open',
      by: 'a',
      until: START + RECOVERY_MS,
    });
    expect(pool.memory()).toMatchObject({ trips: 1, lastTrip: { by: 'a', reason: 'ModelOverloaded' } });
  });

  test('one worker at a time probes, and none before the recovery is over', () => {
    const pool = fleet();
    pool.tell(trip('a'), 0);
    expect(pool.tell(probe('a'), RECOVERY_MS - 1).probing).toBe(false);
    expect(pool.tell(probe('a'), RECOVERY_MS).probing).toBe(true);
    expect(pool.tell(probe('b'), RECOVERY_MS).probing).toBe(false);
    expect(pool.tell(probe('b'), RECOVERY_MS + PROBE_LEASE_MS).probing).toBe(true);
  });

  test('an answered probe closes it, a failed one opens it anew, a cancelled one leaves it to the next', () => {
    const pool = fleet();
    pool.tell(trip('a'), 0);
    pool.tell(probe('a'), RECOVERY_MS);
    pool.tell(probed('a', 'unknown'), RECOVERY_MS);
    expect(pool.tell(probe('b'), RECOVERY_MS).probing).toBe(true);
    const failed = pool.tell(probed('b', 'ill'), RECOVERY_MS + 5).state.circuit;
    expect(failed).toMatchObject({ state: 'open', until: START + 2 * RECOVERY_MS + 5 });
    expect(failed).not.toHaveProperty('probe');
    pool.tell(probe('b'), 2 * RECOVERY_MS + 5);
    expect(pool.tell(probed('b', 'well'), 2 * RECOVERY_MS + 6).state.circuit).toEqual({ state: 'closed' });
  });

  test('bad news of a probe that was given up changes nothing', () => {
    const pool = fleet();
    pool.tell(trip('a'), 0);
    pool.tell(probe('a'), RECOVERY_MS);
    pool.tell(probe('b'), RECOVERY_MS + PROBE_LEASE_MS);
    const { circuit } = pool.tell(probed('a', 'ill'), RECOVERY_MS + PROBE_LEASE_MS + 1).state;
    expect(circuit).toMatchObject({ until: START + RECOVERY_MS, probe: { by: 'b' } });
  });

  test('the longest wait that a provider asks for counts, up to a quarter of an hour', () => {
    const pool = fleet();
    pool.tell({ kind: 'hold', by: 'a', forMs: 20_000 }, 0);
    expect(pool.tell({ kind: 'hold', by: 'b', forMs: 1_000 }, 500).state.heldUntil).toBe(START + 20_000);
    expect(pool.tell({ kind: 'hold', by: 'b', forMs: 9e9 }, 0).state.heldUntil).toBe(START + 900_000);
  });
});

interface Use {
  readonly at: number;
  readonly tokens: number;
}

/** Workers that ask in any order at any time and use all that they get at the last moment of its lease. */
const askings = fc.array(
  fc.record({
    by: fc.constantFrom('a', 'b', 'c', 'd'),
    afterMs: fc.integer({ min: 0, max: 5_000 }),
    requests: fc.integer({ min: 1, max: 40 }),
    tokens: fc.integer({ min: 1, max: 3_000 }),
  }),
  { minLength: 1, maxLength: 200 },
);

function uses(
  limits: { requestsPerMinute?: number; tokensPerMinute?: number },
  asked: readonly { by: string; afterMs: number; requests: number; tokens: number }[],
): readonly Use[] {
  const pool = fleet();
  const granted: { from: number; requests: number; tokens: number }[] = [];
  let now = 0;
  for (const { by, afterMs, requests, tokens } of asked) {
    now += afterMs;
    const { grant } = pool.tell(
      {
        kind: 'take',
        by,
        limits,
        least: { requests: 1, tokens },
        want: { requests, tokens: tokens * requests },
        backTokens: 0,
      },
      now,
    );
    if (grant !== undefined && grant.requests > 0) granted.push({ from: now, ...grant });
  }
  // The worst that workers can do with their leases: everything as late, or as early, as allowed.
  return granted.flatMap(({ from, requests, tokens }, index) =>
    Array.from({ length: requests }, () => ({
      at: from + (index % 2 === 0 ? ALLOWANCE_LEASE_MS : 0),
      tokens: tokens / requests,
    })),
  );
}

/** The most that lies within any minute. */
function busiestMinute(all: readonly Use[], weigh: (use: Use) => number): number {
  return Math.max(
    0,
    ...all.map(({ at: from }) =>
      all.filter(({ at }) => at >= from && at < from + 60_000).reduce((sum, use) => sum + weigh(use), 0),
    ),
  );
}

describe('pool: the limits', () => {
  test('no minute holds more requests than the limit, whoever asks when', () => {
    fc.assert(
      fc.property(askings, fc.integer({ min: 1, max: 300 }), (asked, requestsPerMinute) => {
        const all = uses({ requestsPerMinute }, asked);
        expect(busiestMinute(all, () => 1)).toBeLessThanOrEqual(requestsPerMinute);
      }),
      { numRuns: 300 },
    );
  });

  test('no minute holds more tokens than the limit, where a call fits into what may be taken at once', () => {
    fc.assert(
      fc.property(askings, fc.integer({ min: 30_000, max: 500_000 }), (asked, tokensPerMinute) => {
        const all = uses({ tokensPerMinute }, asked);
        expect(busiestMinute(all, ({ tokens }) => tokens)).toBeLessThanOrEqual(tokensPerMinute + 1e-6);
      }),
      { numRuns: 300 },
    );
  });

  test('a call that is larger than a minute’s burst is let through, and its debt is paid before the next', () => {
    const pool = fleet();
    const limits = { tokensPerMinute: 10_000 };
    const ask = (at: number) =>
      pool.tell(
        {
          kind: 'take',
          by: 'a',
          limits,
          least: { requests: 1, tokens: 9_000 },
          want: { requests: 1, tokens: 9_000 },
          backTokens: 0,
        },
        at,
      ).grant?.requests;
    expect(ask(0)).toBe(1);
    expect(ask(30_000)).toBe(0);
    expect(ask(62_000)).toBe(1);
  });

  test('a worker that was refused comes before those who ask later, and is forgotten when it is gone', () => {
    const pool = fleet();
    const limits = { requestsPerMinute: 60 };
    const ask = (by: string, at: number) =>
      pool.tell(
        {
          kind: 'take',
          by,
          limits,
          least: { requests: 1, tokens: 0 },
          want: { requests: 6, tokens: 0 },
          backTokens: 0,
        },
        at,
      ).grant?.requests;
    expect(ask('a', 0)).toBe(6);
    expect(ask('b', 1)).toBe(0);
    expect(ask('c', 3_000)).toBe(0);
    expect(ask('b', 3_000)).toBe(1);
    expect(ask('c', 4_500)).toBe(2);
    expect([ask('d', 4_501), ask('e', 20_000)]).toEqual([0, 6]);
  });

  test('tokens that calls did not use are there for others', () => {
    const pool = fleet();
    const limits = { tokensPerMinute: 100_000 };
    const take = (at: number, backTokens: number) =>
      pool.tell(
        {
          kind: 'take',
          by: 'a',
          limits,
          least: { requests: 1, tokens: 9_000 },
          want: { requests: 1, tokens: 9_000 },
          backTokens,
        },
        at,
      ).grant?.requests;
    expect([take(0, 0), take(1, 0), take(2, 8_900)]).toEqual([1, 0, 1]);
  });
});
