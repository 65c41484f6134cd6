import type { FailureType } from '../failure-types';
import type { Hash } from '../value';
import type { AgentFigures, CanaryTerms, REGISTRY_FORMAT, RegistryHead } from './registry';

export interface RegistryInput {
  readonly format: typeof REGISTRY_FORMAT;
  readonly terms: RegistryTerms;
  /** Present where the registry goes on in a new execution. Absent: it begins with what the store has of it. */
  readonly continued?: RegistryCarried;
}

export interface RegistryTerms {
  /** Updates, and signals, after which it goes on in a new execution. */
  readonly maxUpdates: number;
  readonly maxSignals: number;
  /**
   * Events after which it does the same. Signals that come in while it goes on make its worker read the history anew, and
   * the server takes 100 in the meantime before it begins the task again: what is read must be short.
   */
  readonly maxEvents: number;
  /** How long figures alone may wait until they are published, in milliseconds, and how many reports may. */
  readonly publishEveryMs: number;
  readonly publishEvery: number;
}

export const REGISTRY_DEFAULTS: RegistryTerms = {
  /** Temporal takes 2,000 updates and 10,000 signals in one execution. */
  maxUpdates: 1500,
  maxSignals: 8000,
  maxEvents: 300,
  publishEveryMs: 10_000,
  publishEvery: 50,
};

/** What one execution hands to the next: everything else is in the store. */
export interface RegistryCarried {
  readonly head: RegistryHead | null;
  /** Ids of updates that were applied and the revision that has them, the oldest first; at most {@link REMEMBERED_UPDATES}. */
  readonly applied: readonly (readonly [string, number])[];
  /** Reports in all. */
  readonly reports: number;
  /** What reports told that is in no snapshot yet, added up by agent and version. */
  readonly heard: readonly AgentReport[];
}

/** Those of many seconds, and of several executions: what was asked is sent again at most a second later. */
export const REMEMBERED_UPDATES = 500;

/** One agent to be registered. Its definition is in the store already: version, capabilities and tier stand there. */
export interface Registration {
  readonly name: string;
  readonly definition: Hash;
  /** Absent: what the agent has, or 1. */
  readonly weight?: number;
  /** All new runs get it at once, without a canary. */
  readonly now?: boolean;
  readonly canary?: Partial<CanaryTerms>;
}

/** The same id makes it the same request, however often and to whichever execution it is sent. */
interface Request {
  readonly id: string;
  readonly by?: string;
}

export interface RegisterRequest extends Request {
  readonly agents: readonly Registration[];
}

export interface RetireRequest extends Request {
  readonly agent: string;
  /** Absent: the whole agent. */
  readonly version?: string;
}

export interface WeighRequest extends Request {
  readonly agent: string;
  readonly weight: number;
}

export interface ScoreRequest extends Request {
  readonly agent: string;
  readonly version: string;
  /** 0 to 1. */
  readonly score: number;
}

/** Any of the requests, as it is applied. */
export type RegistryRequest =
  | ({ readonly kind: 'register' } & RegisterRequest)
  | ({ readonly kind: 'retire' } & RetireRequest)
  | ({ readonly kind: 'weigh' } & WeighRequest)
  | ({ readonly kind: 'score' } & ScoreRequest);

/** What goes into the next snapshot: only what is new. What was there before is in the store, under `head`. */
export interface RegistryChanges {
  readonly registry: string;
  /** Null where nothing was ever published. */
  readonly head: RegistryHead | null;
  /** Milliseconds since the epoch; the same for every try, so that every try publishes the same. */
  readonly at: number;
  readonly requests: readonly RegistryRequest[];
  readonly heard: readonly AgentReport[];
}

export interface ChangedRegistry {
  /** As it was where there was nothing to publish. */
  readonly head: RegistryHead | null;
  /** Requests that were not applied, and why. */
  readonly refused: readonly RefusedRequest[];
}

export interface RefusedRequest {
  readonly id: string;
  readonly type: FailureType;
  readonly message: string;
}

/** The revision of the snapshot that has the change: it was published before the answer was given. */
export interface Registered {
  readonly revision: number;
}

/** How the registered agents of one run fared, sent once, when it ends. */
export interface RunReport {
  readonly run: string;
  readonly agents: readonly AgentReport[];
}

export interface AgentReport {
  readonly agent: string;
  readonly version: string;
  readonly figures: AgentFigures;
}

/** What the `registry` query answers. */
export interface RegistryView {
  readonly revision: number;
  readonly agents: number;
  /** Reports of runs, in all. */
  readonly reports: number;
  readonly state: 'opening' | 'open' | 'switching';
}
