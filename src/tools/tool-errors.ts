import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../contract/fail';

export interface UnavailableFacts {
  /** How long to wait before the next try, in milliseconds, where what the tool talks to said so. */
  readonly retryAfterMs?: number;
  readonly cause?: Error;
}

/**
 * What a tool throws when what it talks to does not answer: the call is retried with the same idempotency key, and the
 * model never hears of it. Everything else that a tool throws is its own error, which the model reads and may act on. The
 * message reaches the history: no secrets.
 */
export function toolUnavailable(message: string, facts: UnavailableFacts = {}): ApplicationFailure {
  return failure('ToolUnavailable', message, facts);
}
