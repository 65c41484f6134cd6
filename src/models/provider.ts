import type { StopReason, ToolSpec } from '../contract/calls/model-call';
import type { Json, JsonObject } from '../contract/json';
import type { Message, Part } from '../contract/run/conversation';

/**
 * How a model is brought to keep an output schema. `native`: the provider's own schema option. `tool`: one forced tool
 * whose arguments are the answer. `prompt`: the schema in the system text and a prefilled `{`. Servers that only look
 * like a vendor's ignore schemas silently, so this is part of a model's configuration and never guessed from the vendor.
 */
export type StructuredOutputMode = 'native' | 'tool' | 'prompt';

export interface ModelRequest {
  /** The vendor's name of the model. */
  readonly model: string;
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  /** `none` forbids calls in this turn though `tools` are declared: vendors want them declared while the transcript holds calls. */
  readonly toolChoice?: 'auto' | 'none';
  readonly maxOutputTokens: number;
  readonly temperature?: number;
  readonly output?: { readonly schema: JsonObject; readonly mode: StructuredOutputMode };
  /** A provider that sends nothing for this long has stalled. */
  readonly stallTimeoutMs: number;
  /** Name of the logical call, the same for every attempt; sent as `idempotency-key` for gateways that dedupe. */
  readonly callKey: string;
  /** Name of the agent, for scripted replies and logs; no vendor sees it. */
  readonly agent: string;
}

export interface TokenUsage {
  /** All input tokens, those of the prompt cache included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

export interface ModelResponse {
  /** The reply's parts in order: text, tool calls, opaque blocks. In `tool` mode the answer is among them as JSON text. */
  readonly content: readonly Part[];
  readonly stop: StopReason;
  readonly stopDetail?: string;
  readonly usage: TokenUsage;
  /** The model that answered, in the vendor's words. */
  readonly model: string;
  /** The structured answer, where one was asked for and the reply holds JSON and calls no tools. Not validated. */
  readonly output?: Json;
}

export interface ProviderContext {
  /** Aborting it closes the connection to the provider at once. */
  readonly signal: AbortSignal;
  /** Called once the provider has begun to answer: from then on the call may be charged. */
  began?(): void;
}

/**
 * A vendor's adapter: four translations (request, reply, usage, errors) and no policy. It never retries and it throws
 * only failures of `contract/failure-types`, or the signal's reason when aborted.
 */
export interface ModelProvider {
  readonly name: string;
  call(request: ModelRequest, context: ProviderContext): Promise<ModelResponse>;
  /** Input tokens of the request as the vendor counts them; undefined where it does not answer. Costs nothing. */
  countInput?(request: ModelRequest, context: ProviderContext): Promise<number | undefined>;
}
