import {
  ALLOWANCE_LEASE_MS,
  type Allowance,
  type PoolMemory,
  type PoolReply,
  type TakeMessage,
} from '../../contract/pool';

const MINUTE_MS = 60_000;
/** Share of a minute's limit that may be taken at once. */
const BURST = 0.1;
/** A worker that was refused and has not asked again for so long has no place in the queue. */
const FORGOTTEN_AFTER_MS = 3 * ALLOWANCE_LEASE_MS;
const SOONEST_MS = 100;
/** A worker that got a part of what it wants asks for more after this time: rarely enough for many of them. */
const AFTER_PART_MS = 500;

/** A bucket that is never more than `capacity` full and fills by `perMs`. */
interface Flow {
  readonly capacity: number;
  readonly perMs: number;
}

/**
 * The flow that keeps any minute within the limit: what is granted within a minute and the lease of an allowance is at
 * most the capacity and what flows in that time, and every use of it lies within its lease.
 */
export function flowOf(perMinute: number | undefined): Flow {
  if (perMinute === undefined) return { capacity: Number.MAX_SAFE_INTEGER, perMs: Number.MAX_SAFE_INTEGER };
  const capacity = Math.max(1, perMinute * BURST);
  return {
    capacity,
    perMs: Math.max(perMinute - capacity, perMinute / 2) / (MINUTE_MS + ALLOWANCE_LEASE_MS),
  };
}

/** Grants a worker what it may use now. Workers that were refused come first, in the order in which they asked. */
export function take(
  memory: PoolMemory,
  message: TakeMessage,
  now: number,
): { readonly memory: PoolMemory; readonly grant: NonNullable<PoolReply['grant']> } {
  const { by, limits, least, want, backTokens } = message;
  const flows = { requests: flowOf(limits.requestsPerMinute), tokens: flowOf(limits.tokensPerMinute) };
  const level = refilled(memory, flows, now, backTokens);
  const alive = memory.waiting.filter((each) => each.by === by || now - each.at < FORGOTTEN_AFTER_MS);
  const place = alive.findIndex((each) => each.by === by);
  const ahead = place === -1 ? alive : alive.slice(0, place);
  const others = alive.filter((each) => each.by !== by);
  if (ahead.length === 0 && covers(level, least, flows)) {
    const sharers = others.length + 1;
    const granted: Allowance = {
      requests: portion(level.requests, sharers, { least: least.requests, want: want.requests }),
      tokens: portion(level.tokens, sharers, { least: least.tokens, want: want.tokens }),
    };
    const bucket = {
      requests: level.requests - granted.requests,
      tokens: level.tokens - granted.tokens,
      at: now,
    };
    return {
      memory: { ...memory, limits, bucket, waiting: others },
      grant: { ...granted, againInMs: isWhole(granted, want) ? 0 : AFTER_PART_MS },
    };
  }
  const waiter = { by, at: now, least };
  const waiting = place === -1 ? [...alive, waiter] : alive.map((each) => (each.by === by ? waiter : each));
  const needed = [...ahead, waiter].reduce(
    (sum, each) => ({ requests: sum.requests + each.least.requests, tokens: sum.tokens + each.least.tokens }),
    { requests: 0, tokens: 0 },
  );
  return {
    memory: { ...memory, limits, bucket: { ...level, at: now }, waiting },
    grant: { requests: 0, tokens: 0, againInMs: waitFor(needed, level, flows) },
  };
}

interface Flows {
  readonly requests: Flow;
  readonly tokens: Flow;
}

function refilled(memory: PoolMemory, flows: Flows, now: number, backTokens: number): Allowance {
  const { bucket } = memory;
  const passed = bucket === undefined ? Number.POSITIVE_INFINITY : Math.max(0, now - bucket.at);
  const fill = (level: number | undefined, { capacity, perMs }: Flow, back: number): number =>
    level === undefined ? capacity : Math.min(capacity, level + perMs * passed + back);
  return {
    requests: fill(bucket?.requests, flows.requests, 0),
    tokens: fill(bucket?.tokens, flows.tokens, backTokens),
  };
}

/** A call that needs more than the bucket holds is let through once it is full, and leaves it in debt. */
function covers(level: Allowance, least: Allowance, flows: Flows): boolean {
  return (
    level.requests >= Math.min(least.requests, flows.requests.capacity) &&
    level.tokens >= Math.min(least.tokens, flows.tokens.capacity)
  );
}

/** What one of several that wait gets: its share, as far as it wants it, but what it needs at least. */
function portion(level: number, sharers: number, { least, want }: { least: number; want: number }): number {
  return Math.max(least, Math.min(want, Math.floor(level / sharers)));
}

function isWhole(granted: Allowance, want: Allowance): boolean {
  return granted.requests >= want.requests && granted.tokens >= want.tokens;
}

function waitFor(needed: Allowance, level: Allowance, flows: Flows): number {
  const wait = (need: number, have: number, { capacity, perMs }: Flow): number =>
    Math.max(0, Math.min(need, capacity) - have) / perMs;
  const ms = Math.max(
    wait(needed.requests, level.requests, flows.requests),
    wait(needed.tokens, level.tokens, flows.tokens),
  );
  return Math.ceil(Math.min(Math.max(ms, SOONEST_MS), ALLOWANCE_LEASE_MS));
}
