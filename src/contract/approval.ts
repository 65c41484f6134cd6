import type { StepPath } from './step-path';
import type { Value } from './value';

/**
 * Why a person is asked: a step of the team, an effect whose outcome is unknown, a step that failed, a plan, an undo that keeps
 * failing, or an effect that a run which began from another one would cause again.
 */
export type ApprovalReason = 'step' | 'ambiguousEffect' | 'failure' | 'plan' | 'undo' | 'repeatedEffect';

/** A question to people, bound by its hash to exactly what they are shown. */
export interface Approval {
  /** Sixteen hex digits, different for every question of every run. */
  readonly id: string;
  readonly path: StepPath;
  readonly reason: ApprovalReason;
  readonly question: string;
  /** What is to be approved: the value itself, a preview of it, and its full hash. */
  readonly value: Value;
  readonly subject: string;
  readonly subjectHash: string;
  /** SHA-256 of the canonical JSON (RFC 8785) of run, path, reason, question, subject hash, approvers and deadline. A decision must repeat it. */
  readonly hash: string;
  /** Names that may decide now, those of escalations already due included; empty means anyone. */
  readonly approvers: readonly string[];
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly deadlineAt: number;
  readonly whenUnanswered: 'deny' | 'approve' | 'fail';
  /** Present where more than yes or no is asked: approving names one of them. */
  readonly choices?: readonly string[];
  readonly decision?: DecisionRecord;
}

export interface Decision {
  /** The approval's id. */
  readonly approval: string;
  /** The approval's hash, as shown to the one who decides. */
  readonly hash: string;
  readonly verdict: 'approve' | 'deny';
  readonly by: string;
  readonly reason?: string | undefined;
  /** One of the approval's choices, where it has any. */
  readonly choice?: string | undefined;
}

export interface DecisionRecord {
  readonly verdict: 'approve' | 'deny';
  readonly by: string;
  readonly reason?: string;
  readonly choice?: string;
  readonly at: number;
  readonly via: 'update' | 'signal' | 'timeout';
}

/** A decision by Signal that was refused, since a signal cannot answer. The last few are kept. */
export interface RejectedDecision {
  readonly approval: string;
  readonly by: string;
  readonly why: string;
  readonly at: number;
}
