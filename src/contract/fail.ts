import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, type FailureType } from './failure-types';
import type { Json } from './json';

export interface FailureFacts {
  /** Facts as fields, for programs; the message says the same to people. They reach history: no secrets, no prompts. */
  readonly details?: readonly Json[];
  /** How long to wait before the next try, in milliseconds: what the provider asked for, clamped. */
  readonly retryAfterMs?: number;
  readonly cause?: Error;
}

/** A failure of one of the named types; whether it is retried stands in {@link FAILURES}, nowhere else. */
export function failure(type: FailureType, message: string, facts: FailureFacts = {}): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: !FAILURES[type].retryable,
    ...(facts.details === undefined ? {} : { details: [...facts.details] }),
    ...(facts.retryAfterMs === undefined ? {} : { nextRetryDelay: facts.retryAfterMs }),
    ...(facts.cause === undefined ? {} : { cause: facts.cause }),
  });
}

/** The type of a failure, found through the wrappers that Temporal puts around it. */
export function failureType(error: unknown): string | undefined {
  const found = rootFailure(error);
  return found instanceof ApplicationFailure ? (found.type ?? undefined) : undefined;
}

/** Milliseconds that a failure asks to wait before the next try; 0 where it asks for nothing. */
export function waitOf(error: unknown): number {
  const root = rootFailure(error);
  const wait = root instanceof ApplicationFailure ? root.nextRetryDelay : undefined;
  return typeof wait === 'number' ? wait : 0;
}

/** The innermost Temporal failure of a chain of causes: what really went wrong. */
export function rootFailure(error: unknown): unknown {
  let here = error;
  while (here instanceof Error && !(here instanceof ApplicationFailure) && here.cause instanceof Error)
    here = here.cause;
  return here;
}
