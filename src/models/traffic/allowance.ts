import { failure } from '../../contract/fail';
import { ALLOWANCE_LEASE_MS, type PoolTerms } from '../../contract/pool';
import { spreadWait } from '../retry-after';
import type { Fleet } from './fleet';
import { Turns } from './turns';

/** A call that had no turn within this time gives its place in the worker to others, and comes again. */
const LONGEST_WAIT_MS = 30_000;
const COMES_AGAIN_MS = 5_000;
/** Between two tries to reach the fleet. */
const UNREACHED_PAUSE_MS = 1_000;

interface Waiting {
  readonly tokens: number;
  readonly begin: () => void;
}

/** A call's place in the row. */
export interface Turn {
  readonly tenant: string;
  /** What the call may use at most. */
  readonly tokens: number;
  readonly signal: AbortSignal;
}

/**
 * This worker's part of a pool's limits. It is asked for in portions that last two seconds, so that a busy worker tells
 * the pool something every other second however many calls it makes. Portions that are not used in time are void; so is
 * what a dead worker had.
 */
export class OwnAllowance {
  readonly #turns = new Turns<Waiting>();
  #left = { requests: 0, tokens: 0, until: 0 };
  #began: number[] = [];
  #backTokens = 0;
  #asking = false;

  constructor(
    private readonly fleet: Fleet,
    private readonly terms: PoolTerms,
  ) {}

  /** Settles once the call may begin. Throws ModelRateLimited where that takes too long, and the signal's reason. */
  async take({ tenant, tokens, signal }: Turn): Promise<void> {
    signal.throwIfAborted();
    let leave: () => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((begin, reject) => {
        const caller: Waiting = { tokens, begin };
        const onAbort = (): void => reject(signal.reason);
        // A packed agent's many calls have one signal.
        leave = () => {
          this.#turns.remove(tenant, caller);
          signal.removeEventListener('abort', onAbort);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        timer = setTimeout(() => reject(this.#tooLong()), LONGEST_WAIT_MS);
        this.#turns.add(tenant, caller);
        this.#serve();
      });
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  /** Settles a call's account: what it took and did not use goes back, what it used beyond is taken. */
  settle(taken: number, used: number): void {
    if (this.terms.limits.tokensPerMinute === undefined) return;
    this.#backTokens += taken - used;
  }

  #serve(): void {
    const now = Date.now();
    for (let first = this.#turns.first(); first !== undefined; first = this.#turns.first()) {
      const { requests, tokens, until } = this.#left;
      if (now >= until || requests < 1 || tokens < first.tokens) break;
      this.#left = { requests: requests - 1, tokens: tokens - first.tokens, until };
      this.#began.push(now);
      this.#turns.next()?.begin();
    }
    if (this.#turns.size > 0 && !this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    let againInMs = 0;
    try {
      againInMs = await this.#askOnce();
    } catch {
      againInMs = UNREACHED_PAUSE_MS;
    }
    setTimeout(() => {
      this.#asking = false;
      this.#serve();
    }, againInMs).unref();
  }

  /** Milliseconds until there is a point in asking again. */
  async #askOnce(): Promise<number> {
    const first = this.#turns.first();
    if (first === undefined) return 0;
    const sent = Date.now();
    this.#began = this.#began.filter((at) => sent - at < ALLOWANCE_LEASE_MS);
    const waiting = this.#turns.all();
    // Those that wait, and as many as began lately: more will come while the portion lasts.
    const requests = waiting.length + this.#began.length;
    const mean = waiting.reduce((sum, each) => sum + each.tokens, 0) / waiting.length;
    const backTokens = this.#backTokens;
    const { grant } = await this.fleet.pool(this.terms.name).tell({
      kind: 'take',
      by: this.fleet.worker,
      limits: this.terms.limits,
      least: { requests: 1, tokens: first.tokens },
      want: { requests, tokens: Math.ceil(requests * mean) },
      backTokens,
    });
    this.#backTokens -= backTokens;
    if (grant === undefined || grant.requests === 0) return grant?.againInMs ?? UNREACHED_PAUSE_MS;
    // From when it was asked for: the lease must not outlast the one that the pool reckons with.
    this.#left = { requests: grant.requests, tokens: grant.tokens, until: sent + ALLOWANCE_LEASE_MS };
    // Begins calls and asks nobody: this is still asking.
    this.#serve();
    return this.#turns.size === 0 ? 0 : grant.againInMs;
  }

  #tooLong(): Error {
    return failure(
      'ModelRateLimited',
      `The calls of all workers fill the limits of "${this.terms.name}" (pools in the file that BATON_MODELS names): this one had no turn within ${LONGEST_WAIT_MS} ms.`,
      { details: [{ pool: this.terms.name }], retryAfterMs: spreadWait(COMES_AGAIN_MS) },
    );
  }
}
