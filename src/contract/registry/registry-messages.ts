import type { ModelTier } from '../team/agent';
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
  /** How long figures alone may wait until they are published, in milliseconds, and how many reports may. */
  readonly publishEveryMs: number;
  readonly publishEvery: number;
}

export const REGISTRY_DEFAULTS: RegistryTerms = {
  /** Temporal takes 2,000 updates and 10,000 signals in one execution. */
  maxUpdates: 1500,
  maxSignals: 8000,
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
  /** Reports that came while it switched. */
  readonly waiting: readonly RunReport[];
}

/** More than can be applied between two switches. */
export const REMEMBERED_UPDATES = 2000;

/** One agent to be registered. Its definition is in the store already. */
export interface Registration {
  readonly name: string;
  readonly version: string;
  readonly definition: Hash;
  readonly capabilities: readonly string[];
  readonly tier: ModelTier;
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
