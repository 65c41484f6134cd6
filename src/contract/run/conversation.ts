import type { Json, JsonObject } from '../json';
import type { Value } from '../value';

/**
 * One piece of a message. `opaque` is a vendor's own block (thinking, server tools) that only its
 * `provider` (vendor and model) understands: it is stored as it came and sent back unchanged.
 */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'toolCall'; readonly id: string; readonly name: string; readonly args: JsonObject }
  | {
      readonly type: 'toolResult';
      readonly id: string;
      readonly name: string;
      readonly content: string;
      readonly isError: boolean;
      /** Said by the engine, not by a tool: why the call was not run. All else is data from outside, and shown to the model as such. */
      readonly byEngine?: true;
    }
  | { readonly type: 'opaque'; readonly provider: string; readonly block: Json };

/** A message with everything in it, as providers and the thread store see it. */
export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Part[];
}

/** A message as workflow code writes it: large content by reference, resolved where the provider is called. */
export interface DraftMessage {
  readonly role: 'user';
  readonly content: readonly DraftPart[];
}

export type DraftPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'value'; readonly value: Value }
  | {
      readonly type: 'toolResult';
      readonly id: string;
      readonly name: string;
      readonly value: Value;
      readonly isError: boolean;
      readonly byEngine?: true;
    };

export function userText(text: string): DraftMessage {
  return { role: 'user', content: [{ type: 'text', text }] };
}
