import type { ToolEffect } from '../calls/tool-effect';
import type { Hash } from '../value';
import type { Caller } from './judge-call';

/** A tool call as an approval binds it: nothing of it can change without changing the hash. */
export interface BoundCall {
  readonly tool: string;
  readonly effect: ToolEffect;
  /** Of the tool as the worker has it: its name, input schema, effect and repeat. */
  readonly schema: Hash;
  /** Of the effective arguments, as shown: defaults filled in, the step's input put in its place. */
  readonly args: Hash;
  /** Of the arguments as they were written, which the effective ones are made of. */
  readonly written: Hash;
  /** The idempotency key: it tells this call from a like one of the same step. */
  readonly key: string;
  readonly generation: number;
  /** Of the policies in force. */
  readonly policy: Hash;
  /** Where in them the question comes from. */
  readonly from: string;
  readonly caller: Caller;
  /** Milliseconds since the epoch; past it an approval dispatches nothing. */
  readonly expiresAt: number;
}
