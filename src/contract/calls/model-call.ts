import type { Grant } from '../cost/grant';
import type { Usage } from '../cost/usage';
import type { FailureType } from '../failure-types';
import type { JsonObject } from '../json';
import type { DraftMessage } from '../run/conversation';
import type { ModelTier } from '../team/agent';
import type { Hash, Value } from '../value';
import type { CallSite } from './call-site';
import type { ToolCallRequest } from './tool-call';

/** Why a model stopped, by one name for all vendors. */
export type StopReason =
  | 'end'
  | 'toolUse'
  | 'maxTokens'
  | 'stopSequence'
  | 'refusal'
  | 'pause'
  | 'contextExceeded'
  | 'malformed'
  | 'unknown';

/** A tool as a model sees it. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments: an object. */
  readonly inputSchema: JsonObject;
}

/** What a model is told before the conversation begins: stored once a run, named by its hash in every call. */
export interface CallDefinition {
  readonly agent: string;
  readonly version: string;
  readonly instructions: string;
  /** Model id of the worker's configuration, settled when the run began. */
  readonly model: string;
  /** Ids of the models that rules on the input may choose in its place. */
  readonly byTier?: Readonly<Partial<Record<ModelTier, string>>>;
  /** Id of the model for calls that are to be cheap. */
  readonly economy?: string;
  /** Ids of the models asked in turn where it fails. */
  readonly fallbacks?: readonly string[];
  /** Whether its replies serve other runs, for how long in milliseconds, and from which likeness of the task on. */
  readonly cache?: { readonly ttlMs: number; readonly likeness?: number };
  readonly tools: readonly ToolSpec[];
  readonly output?: JsonObject;
  readonly temperature?: number;
  readonly maxOutputTokens: number;
}

export interface ModelCallInput {
  readonly site: CallSite;
  readonly definition: Hash;
  /** Head of the transcript so far, null at the beginning. */
  readonly thread: Hash | null;
  readonly append: readonly DraftMessage[];
  /** Chosen by a rule of the team. */
  readonly tier?: ModelTier;
  /** Ask the agent's cheaper model first: little of the budget is left. */
  readonly cheaply?: boolean;
  /** The model may call no tool: the wrap-up turn. */
  readonly withoutTools?: boolean;
  /** A reply that breaks its contract or is malformed now fails the step: it is journaled under the generation. */
  readonly lastChance?: boolean;
  /** What an untrusted tool brought may be in the conversation. */
  readonly untrusted?: boolean;
  /** What the call may take, tries and passed models included. */
  readonly grant?: Grant;
  /** What is left of a budget, told to the model and kept out of the transcript and of the call's key. */
  readonly budgetNote?: string;
}

/** A model of the chain that was passed over, and why. */
export interface PassedModel {
  readonly model: string;
  readonly type: FailureType;
}

/** Both lists, each model and reason once. */
export function withPassed(
  known: readonly PassedModel[] | undefined,
  more: readonly PassedModel[],
): readonly PassedModel[] {
  const all = [...(known ?? []), ...more];
  return all.filter(
    (each, index) => index === all.findIndex((one) => one.model === each.model && one.type === each.type),
  );
}

export interface ModelCallResult {
  /** Head of the transcript with `append` and the reply in it. */
  readonly thread: Hash;
  /** The reply's text; by reference when long. */
  readonly text: Value;
  /** The parsed answer, where the agent has an output contract and the reply keeps it. */
  readonly output?: Value;
  /** What is wrong with the answer, where the agent has an output contract and the reply breaks it. */
  readonly violations?: readonly string[];
  readonly toolCalls: readonly ToolCallRequest[];
  readonly stop: StopReason;
  /** The vendor's own word for the stop and, for a refusal, its category. */
  readonly stopDetail?: string;
  readonly model: string;
  /** The models before it in the chain, in order. */
  readonly passed?: readonly PassedModel[];
  /** What this reply cost this run, those of passed models included: nothing where another run of the same lineage has paid for it. */
  readonly usage: Usage;
  /** Tokens that went in and came out, whoever paid for them. */
  readonly contextTokens?: number;
  /** True where the reply was found in the journal and no provider was asked. */
  readonly fromJournal?: boolean;
  /** True where another run's reply was found in the cache and no provider was asked. */
  readonly fromCache?: boolean;
  /** No fewer tokens than the transcript with the reply can be. */
  readonly threadBound?: number;
}
