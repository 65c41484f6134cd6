/**
 * A pool: models that share a vendor's limits and a circuit, as the vendor counts them. Its state for the whole fleet (all
 * workers of one task queue) is kept by the `pool` workflow. Times are milliseconds since the epoch by the server's clock;
 * the workers' clocks must agree with it to well within a second.
 */

/** Version of the shapes in this file. 1: the first. */
export const POOL_FORMAT = 1;

export interface CircuitTerms {
  /** Failures of an ill provider that open the circuit, among the last calls of one worker: twice as many, within the window. */
  readonly threshold: number;
  readonly windowMs: number;
  /** How long an open circuit lets nothing through; after it a single probe does. */
  readonly recoveryMs: number;
}

/** The vendor's limits for the whole fleet; absent: none. */
export interface PoolLimits {
  readonly requestsPerMinute?: number | undefined;
  /** Input and output together. */
  readonly tokensPerMinute?: number | undefined;
}

/** A pool as a worker's configuration has it. */
export interface PoolTerms {
  readonly name: string;
  readonly circuit: CircuitTerms;
  readonly limits: PoolLimits;
  /** Calls have a task queue of their own, whose rate the server holds for the whole fleet. */
  readonly requestsPerSecond?: number | undefined;
}

export type Circuit =
  | { readonly state: 'closed' }
  | {
      readonly state: 'open';
      readonly since: number;
      /** From here on one worker may try. */
      readonly until: number;
      /** Type of the failure that opened it, or kept it open. */
      readonly reason: string;
      /** The worker that opened it. */
      readonly by: string;
      /** Present while half-open: who tries, and until when nobody else may. */
      readonly probe?: { readonly by: string; readonly until: number };
    };

/** What workers poll: short, and changed rarely. */
export interface PoolState {
  readonly circuit: Circuit;
  /** The vendor asked everyone to wait until then (`retry-after`); 0: it did not. */
  readonly heldUntil: number;
}

export const QUIET_POOL: PoolState = { circuit: { state: 'closed' }, heldUntil: 0 };

/** What calls take of the limits. */
export interface Allowance {
  readonly requests: number;
  readonly tokens: number;
}

/** How a probe ended. `unknown`: it was cancelled, or failed before it reached the provider. */
export type ProbeVerdict = 'well' | 'ill' | 'unknown';

/** What workers tell the pool, each by Update. `by` names the worker. */
export type PoolMessage =
  | { readonly kind: 'trip'; readonly by: string; readonly reason: string; readonly recoveryMs: number }
  | { readonly kind: 'probe'; readonly by: string }
  | {
      readonly kind: 'probed';
      readonly by: string;
      readonly verdict: ProbeVerdict;
      readonly reason?: string;
      readonly recoveryMs: number;
    }
  | { readonly kind: 'hold'; readonly by: string; readonly forMs: number }
  | TakeMessage;

/** Asks for an allowance to be used within {@link ALLOWANCE_LEASE_MS}; what is left then is void. */
export interface TakeMessage {
  readonly kind: 'take';
  readonly by: string;
  readonly limits: PoolLimits;
  /** What the first waiting call needs: less is of no use. */
  readonly least: Allowance;
  readonly want: Allowance;
  /** Tokens that calls took and did not use; negative where they used more. */
  readonly backTokens: number;
}

export interface PoolReply {
  readonly state: PoolState;
  /** To a `probe`: may this worker try? */
  readonly probing?: boolean;
  /** To a `take`. All zero: ask again in `againInMs`. */
  readonly grant?: Allowance & { readonly againInMs: number };
}

/** Everything that a pool knows: what goes on in a new execution. */
export interface PoolMemory extends PoolState {
  readonly trips: number;
  readonly lastTrip?: { readonly at: number; readonly by: string; readonly reason: string };
  readonly limits: PoolLimits;
  readonly bucket?: { readonly requests: number; readonly tokens: number; readonly at: number };
  /** Workers that were refused an allowance, first come first served. */
  readonly waiting: readonly { readonly by: string; readonly at: number; readonly least: Allowance }[];
}

export interface PoolInput {
  readonly format: typeof POOL_FORMAT;
  readonly pool: string;
  readonly memory?: PoolMemory;
}

/** Name of the memo field in which the pool publishes its state. */
export const POOL_MEMO = 'pool';

/** How long an allowance may be used. */
export const ALLOWANCE_LEASE_MS = 2_000;
/** A probe that has not ended by then is given up, and another worker may try. */
export const PROBE_LEASE_MS = 60_000;

/** Workflow id of a pool of the fleet on that task queue. */
export function poolId(taskQueue: string, pool: string): string {
  return `pool:${taskQueue}:${pool}`;
}
