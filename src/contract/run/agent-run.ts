import type { CallSite } from '../calls/call-site';
import type { PassedModel } from '../calls/model-call';
import type { ToolMeta } from '../calls/tool-call';
import type { Grant, Spendable, WorstRates } from '../cost/grant';
import type { Usage } from '../cost/usage';
import type { AgentOrigin } from '../registry/registry';
import type { AgentDefinition, AgentLimits, ModelTier } from '../team/agent';
import type { TierByInput } from '../team/tiers';
import type { Hash, Value } from '../value';
import type { Compaction } from './compaction';
import type { DraftMessage } from './conversation';

/** An agent as a run knows it: its stored definition and what the loop needs to drive it, pinned when the run began. */
export interface PreparedAgent {
  readonly name: string;
  /** Hash of its {@link CallDefinition}. */
  readonly definition: Hash;
  /** Share of a budget below which its cheaper model is asked first, where it has one. */
  readonly economyBelow?: number;
  /** Present where a rule of the team has a say in its tier: the one that holds, and those that depend on the input. */
  readonly tiers?: { readonly ruled?: ModelTier; readonly byInput?: readonly TierByInput[] };
  /** Present where calls to its model have a queue of their own: the pool's name. */
  readonly pool?: string;
  readonly limits: AgentLimits;
  readonly onMaxTokens: 'continue' | 'fail';
  readonly mode: 'stepwise' | 'packed';
  readonly hasOutputContract: boolean;
  /** Who sums up its transcript, and after a call of how many tokens. */
  readonly compaction?: {
    readonly definition: Hash;
    readonly atTokens: number;
    /** As the agent's own. */
    readonly pool?: string;
    readonly rates?: WorstRates;
  };
  readonly tools: Readonly<Record<string, ToolMeta>>;
  /** Bytes of its definition, which every call holds. */
  readonly definitionBytes?: number;
  /** Of the dearest model of its chain; absent where one is unpriced. */
  readonly rates?: WorstRates;
  /** Present where it came from the registry. */
  readonly origin?: AgentOrigin;
}

/** A team's agent once it is settled which registered agent it is, where it is one. */
export type ResolvedAgent = AgentDefinition & { readonly origin?: AgentOrigin };

/** One use of an agent. */
export interface AgentTask {
  readonly agent: PreparedAgent;
  readonly site: CallSite;
  /** What the agent is told first. */
  readonly opening: DraftMessage;
  /** As in `PreparedRun`; goes with every tool call. */
  readonly charter?: Hash;
  /** By a rule of the team. */
  readonly tier?: ModelTier;
  /** Untrusted tools whose output may be in the opening; see `Taint`. */
  readonly untrusted?: readonly string[];
  /** Turns with tool calls, in a row, that may bring nothing new before the agent has to conclude. Absent: as many as it has. */
  readonly maxIdleRounds?: number;
  /** Of a packed agent with a cheaper model: what it may use before that one is asked first. */
  readonly untilCheap?: Spendable;
  /** Of a packed agent: what the whole use may take. */
  readonly grant?: Grant;
}

/** Where an agent's loop stands between two turns: what it needs to go on in another execution. */
export interface AgentState {
  readonly thread: Hash | null;
  /** Messages to be sent with the next call. */
  readonly pending: readonly DraftMessage[];
  readonly turns: number;
  readonly toolCalls: number;
  readonly usage: Usage;
  /** Of the last call: what one more turn will take at least. */
  readonly lastTurnTokens: number;
  /** When its time is over, in milliseconds since the epoch, where it goes on in another execution. */
  readonly untilMs?: number;
  readonly repairs: number;
  readonly continuations: number;
  readonly pauses: number;
  readonly nudges: number;
  /** Pieces of an answer that was cut and continued. */
  readonly pieces: readonly Value[];
  readonly wrappingUp: boolean;
  /** It is to conclude because its time is nearly over. */
  readonly lacksTime?: boolean;
  /** Tokens of the last call, whoever paid for it; after a summary, about what the transcript has. */
  readonly contextTokens?: number;
  /** The latest times that the transcript was summed up. */
  readonly compactions?: readonly Compaction[];
  /** A call that did not fit is being made once more. */
  readonly retriedShorter?: boolean;
  /** Untrusted tools whose output has entered the conversation, by name, each once; absent where none has. */
  readonly untrusted?: readonly string[];
  /** Tool calls that were answered with an error and not run: unknown, not granted, invalid or over a limit. Absent where none. */
  readonly refusedCalls?: number;
  /** Models that were passed over so far, each once. */
  readonly passed?: readonly PassedModel[];
  /** Present where idle rounds are limited. */
  readonly progress?: Progress;
}

/** What the rounds of an agent have brought so far. */
export interface Progress {
  /** Marks of every call and result until now. */
  readonly seen: readonly string[];
  /** Rounds in a row, up to the last, that brought nothing new. */
  readonly idleRounds: number;
}

export type AgentEnding = 'passedOn' | 'stalled';

/** An answer of somebody else, to be checked by the output contract of a definition. */
export interface FitInput {
  readonly definition: Hash;
  readonly value: Value;
}

/** The answer as the contract wants it, read from its text where it is one; or what is wrong with it. */
export type FittedOutput = { readonly output: Value } | { readonly violations: readonly string[] };

/** A finished use of an agent. */
export interface AgentOutcome {
  /** The answer: parsed where the agent has an output contract, text otherwise. */
  readonly output: Value;
  readonly thread: Hash;
  readonly turns: number;
  readonly toolCalls: number;
  readonly usage: Usage;
  /** Answers that broke the output contract and were sent back. Absent where none. */
  readonly violations?: number;
  /** Models that were passed over, each once. */
  readonly passed?: readonly PassedModel[];
  /** As in {@link AgentState}. */
  readonly untrusted?: readonly string[];
  readonly refusedCalls?: number;
  readonly compactions?: readonly Compaction[];
  /** Present where another's answer was passed on as its own, or it had to conclude for want of progress. */
  readonly ending?: AgentEnding;
}
