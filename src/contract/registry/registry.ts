import { hashText } from '../hash';
import type { ModelTier } from '../team/agent';
import type { Hash } from '../value';

/** Version of the shapes in this file. A worker refuses a format that it doesn't know. 1: the first. */
export const REGISTRY_FORMAT = 1;

/** Workflow id of the registry that the runs of a task queue use. */
export function registryOf(taskQueue: string): string {
  return `baton-registry-${taskQueue}`;
}

/** What one version of an agent has done, since it was registered or since its canary's stage began. */
export interface AgentFigures {
  /** Finished uses, failed ones included; a use that an outage ended counts for nobody. */
  readonly uses: number;
  readonly failed: number;
  /** Answers that were sent back or refused because they broke the output contract. */
  readonly violations: number;
  /** Milliseconds in all, waiting for tools and people included. */
  readonly latencyMs: number;
  readonly microDollars: number;
  /** Evaluation scores, 0 to 1: how many, and their sum. */
  readonly scores: number;
  readonly scored: number;
}

export const NO_FIGURES: AgentFigures = {
  uses: 0,
  failed: 0,
  violations: 0,
  latencyMs: 0,
  microDollars: 0,
  scores: 0,
  scored: 0,
};

export function addFigures(left: AgentFigures, right: AgentFigures): AgentFigures {
  return {
    uses: left.uses + right.uses,
    failed: left.failed + right.failed,
    violations: left.violations + right.violations,
    latencyMs: left.latencyMs + right.latencyMs,
    microDollars: left.microDollars + right.microDollars,
    scores: left.scores + right.scores,
    scored: left.scored + right.scored,
  };
}

/** When a canary goes on, and when it is taken back. Rates are per use, 0 to 1. */
export interface CanaryTerms {
  /** Uses in a stage before it is judged. */
  readonly minUses: number;
  /** How much higher than the current version's its share of failed uses may be. */
  readonly maxErrorRise: number;
  /** The same of broken output contracts. */
  readonly maxViolationRise: number;
  /** What a use may cost, as a multiple of the current version's. */
  readonly maxCostFactor: number;
  /** How much lower its mean evaluation score may be, where both have `minScores`. */
  readonly maxScoreDrop: number;
  readonly minScores: number;
}

export const CANARY_DEFAULTS: CanaryTerms = {
  minUses: 20,
  maxErrorRise: 0.05,
  maxViolationRise: 0.1,
  maxCostFactor: 1.5,
  maxScoreDrop: 0.05,
  minScores: 5,
};

/** Shares of new runs that a new version gets, one stage after the other; past the last it gets all. */
export const CANARY_STAGES = [0.05, 0.25] as const;

/** A new version on trial. */
export interface Canary {
  readonly version: string;
  /** Index into {@link CANARY_STAGES}. */
  readonly stage: number;
  readonly terms: CanaryTerms;
  /** Since the stage began. */
  readonly figures: AgentFigures;
  /** The current version's, since the canary began. */
  readonly baseline: AgentFigures;
}

export type VersionState = 'current' | 'canary' | 'former' | 'rolledBack' | 'retired';

export interface RegisteredVersion {
  readonly version: string;
  /** Stored `AgentDefinition`. */
  readonly definition: Hash;
  readonly state: VersionState;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
  readonly by?: string;
  readonly capabilities: readonly string[];
  readonly tier: ModelTier;
  /** As the definition has it; absent where its tier decides. */
  readonly model?: string;
  readonly figures: AgentFigures;
}

/** The last uses of an agent's current version: halved when they reach {@link RECENT_USES}, so that old ones fade. */
export interface RecentUses {
  readonly uses: number;
  readonly failed: number;
  /** Milliseconds since the epoch of the last report. */
  readonly at: number;
}

export const RECENT_USES = 50;

/** An agent of the registry. */
export interface RegisteredAgent {
  readonly name: string;
  /** How often it is chosen beside others with the same capability: twice the weight, twice as often. 0: only by name. */
  readonly weight: number;
  readonly current: string;
  /** The latest last; at most {@link MAX_VERSIONS}, the oldest that is not in use makes room. */
  readonly versions: readonly RegisteredVersion[];
  readonly canary?: Canary;
  readonly recent: RecentUses;
}

export const MAX_VERSIONS = 10;
export const MAX_AGENTS = 20_000;
/** Agents of one registration. */
export const MAX_BATCH = 50;
export const MAX_WEIGHT = 1000;

/** An agent with so many failures among its last uses is passed over for a while, as long as there is another. */
export const UNHEALTHY = { minUses: 10, errorRate: 0.5, forMs: 10 * 60_000 } as const;

export function isHealthy({ recent }: RegisteredAgent, now: number): boolean {
  const { uses, failed, at } = recent;
  return uses < UNHEALTHY.minUses || failed / uses < UNHEALTHY.errorRate || now - at > UNHEALTHY.forMs;
}

/** What changed, for `history`. */
export interface RegistryChange {
  readonly at: number;
  readonly agent: string;
  readonly version?: string;
  readonly what: 'registered' | 'weighed' | 'retired' | 'scored' | 'promoted' | 'rolledBack';
  /** In a few words: `to 25 %`. */
  readonly detail?: string;
  readonly by?: string;
}

/**
 * Agents are kept in pages by a hash of their names, so that a change rewrites one page and not all. More pages make a
 * change smaller and every snapshot's table longer: with 10,000 agents a page is some 20 KB and the table 17 KB.
 */
export const PAGES = 256;

export function pageOf(agent: string): number {
  return Number.parseInt(hashText(agent).slice(0, 8), 16) % PAGES;
}

/** One page: its agents by name. */
export type RegistryPage = Readonly<Record<string, RegisteredAgent>>;

/** One state of the whole registry. Each names the one before it: that chain is the registry's history. */
export interface RegistrySnapshot {
  readonly format: typeof REGISTRY_FORMAT;
  /** From 1, one more with each. */
  readonly revision: number;
  readonly at: number;
  readonly agents: number;
  /** Stored pages, null where one is empty. */
  readonly pages: readonly (Hash | null)[];
  readonly changes: readonly RegistryChange[];
  readonly before: Hash | null;
}

/** Where the registry stands: its newest snapshot. */
export interface RegistryHead {
  readonly revision: number;
  readonly snapshot: Hash;
  /** How many are registered. */
  readonly agents: number;
}

/** Why an agent with the capability was not taken. */
export type LeftOut = 'tier' | 'price' | 'health' | 'model';

export interface RegistryCandidate {
  readonly agent: string;
  readonly version: string;
  readonly weight: number;
  /** Absent where it could have been chosen. */
  readonly leftOut?: LeftOut;
}

/** Candidates that history and views keep. */
export const KEPT_REGISTRY_CANDIDATES = 8;

/** Which registered agent a run was given, and why; pinned when the run began. */
export interface AgentOrigin {
  readonly agent: string;
  readonly version: string;
  /** Share of new runs that get this version, where it is a canary. */
  readonly canary?: number;
  /** Of the snapshot that it was found in. */
  readonly revision: number;
  /** In a few words: `one of 3 by weight 2`. */
  readonly reason: string;
  /** Where a capability was asked for: who has it, the chosen one too. */
  readonly candidates?: readonly RegistryCandidate[];
}
