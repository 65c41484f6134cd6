import type { CallGuard, HeldCall } from '../approvals/held-call';
import type { Hash, Value } from '../value';
import type { CallSite } from './call-site';
import type { ToolEffect, ToolRepeat, ToolTrust } from './tool-effect';

/** What workflow code must know of a tool to schedule it; pinned when the run begins. */
export interface ToolMeta {
  readonly effect: ToolEffect;
  readonly repeat: ToolRepeat;
  readonly timeoutMs: number;
  /** Runs where the run's workflows run, on its own queue: a safe read without secrets, at most two seconds. */
  readonly local: boolean;
  readonly compensation?: string;
  /** @default 'untrusted' */
  readonly trust?: ToolTrust;
}

/** A tool call that a model asked for. */
export interface ToolCallRequest {
  readonly id: string;
  readonly name: string;
  readonly args: Value;
  /** Why it cannot be run: an unknown tool, or arguments that break its schema. It goes back as an error result. */
  readonly problem?: string;
}

export interface ToolCallInput {
  readonly site: CallSite;
  /** Stays the same across retries, replays and resumes; changes when the model asks anew. */
  readonly idempotencyKey: string;
  /** The arguments, or for a fixed step a template in which `{ "$input": pointer }` takes from `input`. */
  readonly args: Value;
  readonly input?: Value;
  /** Of a write in an agent's name: head of the transcript with the request in it, by which the worker sees what was read before. */
  readonly thread?: Hash;
  /** As in `PreparedRun`: what the worker checks the call against. Without it nothing is run. */
  readonly charter?: Hash;
  /** Absent where it brings nothing. */
  readonly guard?: CallGuard;
}

export interface ToolCallResult {
  readonly value: Value;
  /** The tool's own error, for the model to read; infrastructure failures are thrown and retried instead. */
  readonly isError: boolean;
  /** True where the arguments were refused before the tool began. */
  readonly notRun?: boolean;
  /** Untrusted tools whose output is in the value, where it is not the tool's own: a delegation's. */
  readonly untrusted?: readonly string[];
  readonly fromJournal?: boolean;
  /** Present where the policy wants a person first; `value` says nothing then. */
  readonly held?: HeldCall;
  /** Who refused it, where it was refused: it did not run, and `value` tells the model so. */
  readonly refusedBy?: 'policy' | 'person';
}
