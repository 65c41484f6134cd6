import type { StopReason } from '../../src/contract/calls/model-call';
import type { FailureType } from '../../src/contract/failure-types';
import type { Json } from '../../src/contract/json';
import type { ModelProvider, TokenUsage } from '../../src/models/provider';
import type { Scene } from './wire';

/** A block of a reply, neutral of vendors. Arguments are text, so that they may be broken. */
export type Block =
  | { readonly text: string }
  | { readonly tool: string; readonly id: string; readonly json: string }
  | { readonly thinking: string; readonly signature: string };

export interface Reply {
  readonly blocks: readonly Block[];
  /** The vendor's own word. */
  readonly stop: string;
  readonly usage?: TokenUsage;
}

export interface ErrorCase {
  readonly name: string;
  readonly scene: Scene;
  readonly failure: FailureType;
  /** Milliseconds that the failure asks to wait, at least, and at most a fifth more. */
  readonly waitMs?: number;
}

/** The parts of a request, wherever the vendor has them. */
export interface Sent {
  readonly system: string;
  readonly toolNames: readonly string[];
  readonly forcedTool: string | undefined;
  /** Does the request say that no tool may be called? */
  readonly forbidsTools: boolean;
  readonly nativeSchema: Json | undefined;
  readonly roles: readonly string[];
  readonly cacheMarks: number;
  /** The content blocks of a message, without cache marks. */
  content(message: number): readonly unknown[];
}

/** What the conformance cases need to know of a vendor. */
export interface Vendor {
  readonly name: string;
  provider(url: string): ModelProvider;
  /** Words of the vendor for a plain end, a tool turn and a cut, as used by the common cases. */
  readonly words: { readonly end: string; readonly toolUse: string; readonly maxTokens: string };
  readonly stops: readonly { readonly word: string; readonly stop: StopReason; readonly detail?: string }[];
  /** Every row of the vendor's error table. */
  readonly errors: readonly ErrorCase[];
  /** A whole reply. */
  reply(reply: Reply): Scene;
  /** The stream's first events, then whatever `then` does to the connection. */
  partial(then: 'cut' | 'end' | 'hang' | 'garbage'): Scene;
  /** An error event after the stream's first events. */
  streamError(type: string): Scene;
  /** Finds the parts of a request in the vendor's body. */
  // biome-ignore lint/suspicious/noExplicitAny: a body as it came
  readBody(body: any): Sent;
  /** A block of ours as it must lie on the wire. */
  readonly wireBlock: {
    text(text: string): unknown;
    toolCall(id: string, name: string, args: Json): unknown;
    toolResult(id: string, text: string, isError: boolean): unknown;
    thinking(text: string, signature: string): unknown;
  };
  /** The usual types of an error in the stream, and what each means. */
  readonly streamErrors: readonly { readonly type: string; readonly failure: FailureType }[];
  /** Names of common cases that cannot hold for this vendor, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>;
}
