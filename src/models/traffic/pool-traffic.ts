import { failure, failureType, waitOf } from '../../contract/fail';
import { isIllness } from '../../contract/failure-types';
import {
  type PoolMessage,
  type PoolReply,
  type PoolState,
  type PoolTerms,
  type ProbeVerdict,
  QUIET_POOL,
} from '../../contract/pool';
import { spreadWait } from '../retry-after';
import { OwnAllowance, type Turn } from './allowance';
import { FailureWindow } from './failure-window';
import type { Fleet } from './fleet';
import { pause } from './pause';

/**
 * How often the fleet is asked while there are calls, and how old its word may be when one begins: on a server that takes
 * a second to answer, a circuit that another worker opened is still heard of within two.
 */
const POLL_MS = 500;
const STALE_MS = 1_500;
/** Asking goes on for so long after the last call: a worker between two calls need not wait for the answer. */
const LINGER_MS = 5_000;
/** A wait that the provider asked for, up to which a call keeps its place; for a longer one it comes again. */
const WAITS_HERE_MS = 10_000;
/** While another worker tries whether the provider is well. */
const PROBE_PAUSE_MS = 1_000;

/** Refused before anything was reckoned: the tokens are the fleet's again. */
const COSTS_NOTHING: ReadonlySet<string> = new Set(['ModelRateLimited', 'ModelOverloaded']);

/** A call to a provider as it passes through here. */
export interface Ask<T> {
  readonly make: () => Promise<T>;
  /** Tokens that the call used. */
  readonly tokensOf: (reply: T) => number;
}

/** One worker's calls to the models of one pool: held back where the fleet's circuit, a provider's wish or a limit says so. */
export class PoolTraffic {
  readonly #window: FailureWindow;
  readonly #allowance: OwnAllowance;
  #state: PoolState = QUIET_POOL;
  /** Raised by whatever is newer than a read that is under way. */
  #version = 0;
  /** Messages that the pool has not answered yet. */
  #telling = 0;
  #probing = false;
  /** The circuit was opened here and nobody could be told. */
  #untold = false;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #calls = 0;
  #lastCallAt = 0;
  #poll: NodeJS.Timeout | undefined;

  constructor(
    private readonly fleet: Fleet,
    private readonly terms: PoolTerms,
  ) {
    this.#window = new FailureWindow(terms.circuit);
    this.#allowance = new OwnAllowance(fleet, terms);
  }

  /**
   * Makes a call when it may be made. Throws ModelCircuitOpen while the provider is left alone, ModelRateLimited where
   * its turn is too far away, the signal's reason, and whatever the call throws.
   */
  async call<T>(turn: Turn, ask: Ask<T>): Promise<T> {
    this.#calls += 1;
    this.#watch();
    try {
      const probing = await this.#enter(turn);
      return await this.#make({ turn, probing }, ask);
    } finally {
      this.#calls -= 1;
      this.#lastCallAt = Date.now();
    }
  }

  /** Settles once the call may be made; true where it is the probe of an open circuit. */
  async #enter(turn: Turn): Promise<boolean> {
    const { requestsPerMinute, tokensPerMinute } = this.terms.limits;
    let probing = await this.#pass(turn.signal);
    if (requestsPerMinute === undefined && tokensPerMinute === undefined) return probing;
    try {
      await this.#allowance.take(turn);
    } catch (error) {
      if (probing) this.#probed('unknown');
      throw error;
    }
    // Much may have happened while it waited.
    if (!probing) probing = await this.#pass(turn.signal);
    return probing;
  }

  async #pass(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      signal.throwIfAborted();
      await this.#fresh();
      const heldMs = this.#state.heldUntil - Date.now();
      if (heldMs <= 0) break;
      if (heldMs > WAITS_HERE_MS) throw this.#held(heldMs);
      await pause(spreadWait(heldMs), signal);
    }
    const { circuit } = this.#state;
    if (circuit.state === 'closed') return false;
    const openMs = circuit.until - Date.now();
    if (openMs > 0) throw this.#open(openMs, circuit.reason);
    if (circuit.probe !== undefined && circuit.probe.until > Date.now())
      throw this.#open(PROBE_PAUSE_MS, circuit.reason);
    return this.#probe(circuit.reason);
  }

  async #probe(reason: string): Promise<boolean> {
    if (this.#probing) throw this.#open(PROBE_PAUSE_MS, reason);
    this.#probing = true;
    const reply = await this.#tell({ kind: 'probe', by: this.fleet.worker });
    // Where the fleet cannot be reached, one call of each worker tries.
    if (reply === undefined || reply.probing === true) return true;
    this.#probing = false;
    if (reply.state.circuit.state === 'closed') return false;
    throw this.#open(PROBE_PAUSE_MS, reason);
  }

  async #make<T>(
    { turn, probing }: { readonly turn: Turn; readonly probing: boolean },
    { make, tokensOf }: Ask<T>,
  ): Promise<T> {
    try {
      const reply = await make();
      this.#allowance.settle(turn.tokens, tokensOf(reply));
      this.#window.note(false, Date.now());
      if (probing) this.#probed('well');
      return reply;
    } catch (error) {
      this.#failed(error, turn, probing);
      throw error;
    }
  }

  #failed(error: unknown, turn: Turn, probing: boolean): void {
    const type = failureType(error);
    if (turn.signal.aborted || type === undefined) {
      if (probing) this.#probed('unknown');
      return;
    }
    if (COSTS_NOTHING.has(type)) this.#allowance.settle(turn.tokens, 0);
    const asked = waitOf(error);
    if (type === 'ModelRateLimited' && asked > 0) this.#hold(asked);
    const ill = isIllness(type);
    if (probing) this.#probed(ill ? 'ill' : 'well', type);
    else if (this.#window.note(ill, Date.now())) this.#trip(type);
  }

  #trip(reason: string): void {
    if (this.#state.circuit.state === 'open') return;
    const { recoveryMs } = this.terms.circuit;
    const by = this.fleet.worker;
    const since = Date.now();
    this.#window.clear();
    this.#set({ ...this.#state, circuit: { state: 'open', since, until: since + recoveryMs, reason, by } });
    void this.#tell({ kind: 'trip', by, reason, recoveryMs });
  }

  #probed(verdict: ProbeVerdict, reason?: string): void {
    const { circuit } = this.#state;
    const { recoveryMs } = this.terms.circuit;
    this.#window.clear();
    this.#untold = false;
    this.#probing = false;
    if (circuit.state === 'open') {
      const { probe: _over, ...open } = circuit;
      const next = verdict === 'ill' ? { ...open, until: Date.now() + recoveryMs } : open;
      this.#set({ ...this.#state, circuit: verdict === 'well' ? { state: 'closed' } : next });
    }
    const told = reason === undefined ? {} : { reason };
    void this.#tell({ kind: 'probed', by: this.fleet.worker, verdict, recoveryMs, ...told });
  }

  /** The provider wants to be left alone by all of us. */
  #hold(forMs: number): void {
    const heldUntil = Math.max(this.#state.heldUntil, Date.now() + forMs);
    this.#set({ ...this.#state, heldUntil });
    void this.#tell({ kind: 'hold', by: this.fleet.worker, forMs });
  }

  /** Undefined where the fleet cannot be reached: what this worker knows by itself still holds it back. */
  async #tell(message: PoolMessage): Promise<PoolReply | undefined> {
    this.#telling += 1;
    try {
      const reply = await this.fleet.pool(this.terms.name).tell(message);
      this.#untold = false;
      this.#set(reply.state);
      return reply;
    } catch {
      if (message.kind === 'trip') this.#untold = true;
      return undefined;
    } finally {
      this.#telling -= 1;
    }
  }

  #set(state: PoolState): void {
    this.#version += 1;
    this.#state = state;
    this.#readAt = Date.now();
  }

  async #fresh(): Promise<void> {
    if (Date.now() - this.#readAt > STALE_MS) await this.#read();
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const version = this.#version;
    const askedAt = Date.now();
    try {
      const state = await this.fleet.pool(this.terms.name).read();
      // What was told in the meantime, or is being told, is newer than what was read.
      const current = this.#version === version && this.#telling === 0;
      if (current && !(this.#untold && state.circuit.state === 'closed')) this.#state = state;
    } catch {
      // It goes by what it knows.
    }
    // What it says may be as old as the question.
    this.#readAt = Math.max(this.#readAt, askedAt);
  }

  #watch(): void {
    if (this.#poll !== undefined) return;
    this.#poll = setInterval(() => {
      if (this.#calls === 0 && Date.now() - this.#lastCallAt > LINGER_MS) {
        clearInterval(this.#poll);
        this.#poll = undefined;
      } else void this.#read();
    }, POLL_MS);
    this.#poll.unref();
  }

  #open(waitMs: number, reason: string): Error {
    return failure(
      'ModelCircuitOpen',
      `"${this.terms.name}" failed too often (${reason}) and is left alone by all workers for ${Math.ceil(waitMs / 1000)} s more.`,
      { details: [{ pool: this.terms.name, reason }], retryAfterMs: spreadWait(waitMs) },
    );
  }

  #held(waitMs: number): Error {
    return failure(
      'ModelRateLimited',
      `"${this.terms.name}" asked all workers to wait: ${Math.ceil(waitMs / 1000)} s more.`,
      { details: [{ pool: this.terms.name }], retryAfterMs: spreadWait(waitMs) },
    );
  }
}
