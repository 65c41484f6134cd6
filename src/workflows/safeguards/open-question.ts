import type { Approval, ApprovalReason, Bound, TrailEntry } from '../../contract/approvals/approval';
import type { BoundCall } from '../../contract/approvals/bound-call';
import type { HeldCall } from '../../contract/approvals/held-call';
import { besideCall, subjectOf } from '../../contract/approvals/shown-call';
import { hashOf } from '../../contract/hash';
import { milliseconds } from '../../contract/team/duration';
import type { ApprovalTerms } from '../../contract/team/step';
import type { StepPath } from '../../contract/team/step-path';
import { previewOf, type Value } from '../../contract/value';

/** An approval may be used for so long after the last moment at which it can be given, in milliseconds: an outage's length. */
const VALID_AFTER_DEADLINE_MS = 4 * 3_600_000;

export interface Question {
  readonly path: StepPath;
  readonly reason: ApprovalReason;
  readonly question: string;
  readonly value: Value;
  readonly terms: ApprovalTerms;
  /** Where more than yes or no is asked: an approval names one of them. */
  readonly choices?: readonly string[];
  /** Another pair of eyes is wanted: whoever started the run may not decide it, where who that is is proven. */
  readonly fourEyes?: boolean;
  /** The tool call that it is about, and how its arguments are looked at when somebody changes them. */
  readonly call?: HeldCall;
  readonly relook?: (args: Value) => Promise<HeldCall | string>;
}

export interface Asker {
  readonly run: string;
  readonly workflow: string;
  /** Questions asked before. */
  readonly ordinal: number;
  /**
   * Milliseconds since the epoch, of history and not of `Date.now()`: that is when the worker took up a task, and where
   * the server gave the task up as too slow, a replay takes the next one's. The hash would then be another.
   */
  readonly askedAt: number;
  readonly signed: boolean;
  /** Who started the run, where that is proven. */
  readonly requester: string | undefined;
}

/** A new approval, with the hash of everything that it is about. */
export function openQuestion(question: Question, asker: Asker): Approval {
  const { terms, path, reason, value, choices, call } = question;
  const { run, workflow, ordinal, askedAt, signed, requester } = asker;
  const deadlineAt = askedAt + milliseconds(terms.deadline);
  const bound: Bound = {
    run,
    workflow,
    path,
    reason,
    question: question.question,
    subjectHash: hashOf(value),
    approvers: terms.approvers,
    deadlineAt,
    ordinal,
    ...(terms.quorum === undefined || terms.quorum === 1 ? {} : { quorum: terms.quorum }),
    ...(choices === undefined ? {} : { choices }),
    ...(question.fourEyes === true && requester !== undefined ? { notBy: requester } : {}),
    ...(call === undefined ? {} : { escalate: terms.escalate, call: boundCall(call, deadlineAt) }),
  };
  const hash = hashOf(bound);
  return {
    id: hash.slice(0, 16),
    path,
    reason,
    question: question.question,
    value,
    subject: previewOf(value),
    subjectHash: bound.subjectHash,
    hash,
    bound,
    approvers: terms.approvers,
    escalate: terms.escalate,
    askedAt,
    deadlineAt,
    whenUnanswered: terms.whenUnanswered,
    ...(choices === undefined ? {} : { choices }),
    ...(signed ? { signed } : {}),
    ...(question.relook === undefined ? {} : { editable: true }),
    ...(call?.remember === true ? { rememberable: true } : {}),
    votes: [],
    delegations: [],
    trail: [
      { at: askedAt, what: 'asked', hash, ...(terms.approvers.length === 0 ? {} : { to: terms.approvers }) },
    ],
  };
}

/** The approval about the call as it was edited: another hash, and nobody's word on it yet. */
export function rebound(
  approval: Approval,
  { call, edited }: { readonly call: HeldCall; readonly edited: Value },
  entry: Omit<TrailEntry, 'hash' | 'what'>,
): Approval {
  const value = subjectOf(call.shown, besideCall(approval));
  const bound: Bound = {
    ...approval.bound,
    subjectHash: hashOf(value),
    call: boundCall(call, approval.deadlineAt),
  };
  const hash = hashOf(bound);
  return {
    ...approval,
    value,
    subject: previewOf(value),
    subjectHash: bound.subjectHash,
    hash,
    bound,
    edited,
    votes: [],
    trail: [...approval.trail, { ...entry, what: 'edited', hash, before: approval.value }],
  };
}

function boundCall(held: HeldCall, deadlineAt: number): BoundCall {
  const { tool, effect, schema, args, written, key, generation, policy, from, caller } = held;
  const expiresAt = deadlineAt + VALID_AFTER_DEADLINE_MS;
  return { tool, effect, schema, args, written, key, generation, policy, from, caller, expiresAt };
}
