import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  ContinueAsNew,
  isCancellation,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { EffectState } from '../../contract/calls/effect';
import { type Amount, NOTHING } from '../../contract/cost/amount';
import type { GrantFacts } from '../../contract/cost/grant';
import { addUsage, inDoubt, NO_USAGE, type Usage } from '../../contract/cost/usage';
import { failure, rootFailure } from '../../contract/fail';
import type { AgentReport } from '../../contract/registry/registry-messages';
import type { ViewFailure } from '../../contract/run/view';
import type { StepPath } from '../../contract/team/step-path';

/** May a step's retry or `onFailure` deal with this? Cancellation, continue-as-new and programming errors go through untouched. */
export function isStepFailure(error: unknown): boolean {
  return error instanceof TemporalFailure && !(error instanceof ContinueAsNew) && !isCancellation(error);
}

/** A failure as a person reads it: the type and message of what really went wrong. */
export function describeFailure(error: unknown): ViewFailure {
  const root = rootFailure(error);
  if (root instanceof ApplicationFailure) return { type: root.type ?? 'Error', message: root.message };
  if (root instanceof TimeoutFailure) return { type: 'StepTimedOut', message: root.message };
  if (root instanceof CancelledFailure) return { type: 'Cancelled', message: root.message };
  return {
    type: root instanceof Error ? root.name : 'Error',
    message: root instanceof Error ? root.message : String(root),
  };
}

/** What an execution tells of itself as it fails. */
export interface Account {
  readonly usage: Usage;
  /** Effects that it has undone. */
  readonly undone?: EffectState['undone'];
  /** Untrusted tools whose output may be in what the failure says. */
  readonly untrusted?: readonly string[] | undefined;
  /** How registered agents have fared. */
  readonly agents?: readonly AgentReport[] | undefined;
}

/** The failure with which an execution ends: the root's own type, and its account up to then. */
export function closingFailure(error: unknown, { usage, undone, untrusted, agents }: Account): unknown {
  if (!isStepFailure(error)) return error;
  const { type, message } = describeFailure(error);
  const root = rootFailure(error);
  const facts = root instanceof ApplicationFailure ? (root.details ?? []) : [];
  const cause = error instanceof Error ? error : undefined;
  const account: Account = {
    usage,
    ...(undone === undefined ? {} : { undone }),
    ...(untrusted === undefined ? {} : { untrusted }),
    ...(agents === undefined || agents.length === 0 ? {} : { agents }),
  };
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: true,
    details: [account, ...facts],
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What a failed child tells of itself, from its closing failure; a cancelled one tells nothing. */
export function accountOfFailedChild(error: unknown): Partial<Account> {
  const details =
    error instanceof ChildWorkflowFailure && error.cause instanceof ApplicationFailure
      ? (error.cause.details ?? [])
      : [];
  const [facts] = details as (Partial<Account> | undefined)[];
  return facts ?? {};
}

/**
 * What an activity that failed had used, as it tells itself. One of which nothing more was heard than that its time is
 * over may have used all that it held.
 */
export function usageOfFailed(error: unknown, held: Amount): Usage {
  const root = rootFailure(error);
  if (root instanceof TimeoutFailure) return inDoubt(held);
  const cancelled = error instanceof ActivityFailure ? error.cause : error;
  const told = root instanceof ApplicationFailure ? root : cancelled;
  const details =
    told instanceof ApplicationFailure || told instanceof CancelledFailure ? (told.details ?? []) : [];
  return (details as ({ usage?: Usage } | null)[])
    .flatMap((fact) => fact?.usage ?? [])
    .reduce(addUsage, NO_USAGE);
}

/**
 * What of the usage that a failed activity tells is in doubt and not found again where its calls are begun anew. All that
 * it held where nothing was heard of it.
 */
export function lostBy(error: unknown, held: Amount): Amount {
  const root = rootFailure(error);
  if (root instanceof TimeoutFailure) return held;
  const details = root instanceof ApplicationFailure ? (root.details ?? []) : [];
  const told = (details as ({ lost?: Amount } | null)[]).find((fact) => fact?.lost !== undefined);
  return told?.lost ?? NOTHING;
}

/** What a call needs in all that was granted too little; undefined where that is not the failure. */
export function neededBy(error: unknown): Amount | undefined {
  const root = rootFailure(error);
  if (!(root instanceof ApplicationFailure) || root.type !== 'GrantTooSmall') return undefined;
  const [facts] = (root.details ?? []) as (GrantFacts | undefined)[];
  return facts?.needs;
}

export function runTimedOut(timeout: string | number, cutOff: readonly StepPath[]): ApplicationFailure {
  return failure(
    'RunTimedOut',
    `The run was not finished within ${timeout} (limits.timeout).${naming(cutOff)}`,
  );
}

export function stepTimedOut(
  path: StepPath,
  timeout: string | number,
  cutOff: readonly StepPath[],
): ApplicationFailure {
  return failure('StepTimedOut', `The step ${path} was not finished within ${timeout}.${naming(cutOff)}`);
}

const MOST_NAMED = 5;

/** The branches without which there was no result. */
function naming(cutOff: readonly StepPath[]): string {
  if (cutOff.length === 0) return '';
  const rest = cutOff.length - MOST_NAMED;
  return ` Missing: ${cutOff.slice(0, MOST_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}
