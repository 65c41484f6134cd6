import type { Grant } from '../cost/grant';
import type { Usage } from '../cost/usage';
import type { JsonPointer } from '../json';
import type { Merge } from '../team/join';
import type { StepPath } from '../team/step-path';
import type { Value } from '../value';
import type { AgentOutcome, AgentTask, PreparedAgent } from './agent-run';

/** Some consecutive items of a map. */
export interface Stretch {
  /** With `over`: the value that holds the list there. Without: a stored list of the items as values. */
  readonly list: Value;
  readonly over?: JsonPointer;
  /** Index of the first item in the whole list. */
  readonly from: number;
  readonly maxConcurrency: number;
  /** Names the children that parts of it run as; the items' own paths do not depend on it. */
  readonly path: StepPath;
}

/** What became of them. */
export interface StretchResult {
  readonly total: number;
  readonly succeeded: number;
  /** In input order; each a list of {@link ItemOutput}, stored where it is large. */
  readonly outputs: readonly Value[];
  /** Items that failed, up to {@link NAMED_FAILURES}. */
  readonly failed: readonly StepPath[];
  /** Types of the first failures, by item. */
  readonly reasons: readonly string[];
  /** Present where an output has met the map's `stopWhen`. */
  readonly stopped?: true;
  /** What outputs of items lack. */
  readonly missing: readonly StepPath[];
}

/** Index of an item, and its output. */
export type ItemOutput = readonly [number, Value];

/** Failed items that a result names one by one; beyond it, it names the map's item once. */
export const NAMED_FAILURES = 1000;

export interface SplitInput {
  readonly list: Value;
  readonly over?: JsonPointer;
  /** More items are refused. */
  readonly maxItems: number;
  readonly window: number;
}

/** The items as values where one window holds them, else stored lists of them, whole windows each. */
export type SplitList =
  | { readonly items: readonly Value[] }
  | { readonly count: number; readonly size: number; readonly parts: readonly Value[] };

export interface MergeItemsInput {
  readonly merge: Exclude<Merge, { synthesize: string }>;
  /** Lists of {@link ItemOutput}. */
  readonly outputs: readonly Value[];
  /** `collect` only: items in all; those without an output are null. */
  readonly total?: number;
}

/** Several uses of one agent that share an activity. */
export interface AgentUses {
  readonly agent: PreparedAgent;
  readonly uses: readonly Omit<AgentTask, 'agent'>[];
  /** The first that fails for good ends the others, whose calls are aborted. */
  readonly allOrNone: boolean;
  readonly grant?: Grant;
}

/**
 * How one of them ended; `failed` is final, what may be tried again is thrown for all; `stopped` by another's failure;
 * `needsMore` than was granted, and is to be asked again: what it had finished is in the journal, and `usage` is only what
 * is in doubt.
 */
export type UseOutcome =
  | { readonly outcome: AgentOutcome }
  | { readonly failed: { readonly type: string; readonly message: string }; readonly usage?: Usage }
  | { readonly stopped: true; readonly usage?: Usage }
  | { readonly needsMore: true; readonly usage?: Usage };
