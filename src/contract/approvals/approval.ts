import type { ApprovalTerms } from '../team/step';
import type { StepPath } from '../team/step-path';
import type { Hash, Value } from '../value';
import type { BoundCall } from './bound-call';

/**
 * Why a person is asked: a step of the team, a tool call that the policy holds, an effect whose outcome is unknown, a step
 * that failed, a plan, an undo that keeps failing, or an effect that a run which began from another one would cause again.
 */
export type ApprovalReason =
  | 'step'
  | 'toolCall'
  | 'ambiguousEffect'
  | 'failure'
  | 'plan'
  | 'undo'
  | 'repeatedEffect'
  | 'budget';

/** Everything that a decision is about. Its canonical JSON (RFC 8785) is what is hashed. */
export interface Bound {
  readonly run: string;
  /** The execution that asks: the run's own, or the child's that runs this part of it. */
  readonly workflow: string;
  readonly path: StepPath;
  readonly reason: ApprovalReason;
  readonly question: string;
  readonly subjectHash: Hash;
  readonly approvers: readonly string[];
  /** Of a tool call: who is asked later, for the worker that checks it again. */
  readonly escalate?: ApprovalTerms['escalate'];
  /** Absent where one is enough. */
  readonly quorum?: number;
  readonly deadlineAt: number;
  /** Tells questions of one execution apart that are otherwise alike. */
  readonly ordinal: number;
  readonly choices?: readonly string[];
  /** Who may not decide it, since they started the run. */
  readonly notBy?: string;
  readonly call?: BoundCall;
}

/** A question to people, bound by its hash to exactly what they are shown. */
export interface Approval {
  /** Sixteen hex digits, different for every question of every run; an edit leaves it as it is. */
  readonly id: string;
  readonly path: StepPath;
  readonly reason: ApprovalReason;
  readonly question: string;
  /** What is to be approved: the value itself, a preview of it, and its full hash. */
  readonly value: Value;
  readonly subject: string;
  readonly subjectHash: Hash;
  /** SHA-256 of the canonical JSON of `bound`. A decision must repeat it. */
  readonly hash: Hash;
  readonly bound: Bound;
  /** Names that may decide now, those of escalations already due and of delegations included; empty means anyone. */
  readonly approvers: readonly string[];
  /** Who is asked later, and after how long. */
  readonly escalate: ApprovalTerms['escalate'];
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly deadlineAt: number;
  readonly whenUnanswered: 'deny' | 'approve' | 'fail';
  /** Present where more than yes or no is asked: approving names one of them. */
  readonly choices?: readonly string[];
  /** Decisions must be signed with a key that the run was started with. */
  readonly signed?: true;
  /** An approver may change the arguments of the call. */
  readonly editable?: true;
  /** An approver may allow the rest of the run's calls of this kind. */
  readonly rememberable?: true;
  /** Arguments that an approver wrote in place of the call's own. */
  readonly edited?: Value;
  /** Words that count for the hash as it is now. */
  readonly votes: readonly Vote[];
  readonly delegations: readonly DelegationRecord[];
  /** Everything that happened to the question, in order. */
  readonly trail: readonly TrailEntry[];
  readonly decision?: DecisionRecord;
}

export interface Decision {
  /** The approval's id. */
  readonly approval: string;
  /** The approval's hash, as shown to the one who decides. */
  readonly hash: Hash;
  readonly verdict: 'approve' | 'deny';
  readonly by: string;
  readonly reason?: string | undefined;
  /** One of the approval's choices, where it has any. */
  readonly choice?: string | undefined;
  /** Allows the rest of the run's calls of this kind too, where the approval says that it may. */
  readonly remember?: boolean | undefined;
  /** Ed25519, hex: see `signedWords`. Needed where the approval says `signed`. */
  readonly signature?: string | undefined;
}

/** A decision as it was counted. */
export interface Vote extends Omit<Decision, 'approval'> {
  readonly at: number;
  readonly via: 'update' | 'signal';
}

/** An approver hands the question to another. */
export interface Delegation {
  readonly approval: string;
  readonly hash: Hash;
  readonly by: string;
  readonly to: string;
  readonly reason?: string | undefined;
  readonly signature?: string | undefined;
}

export interface DelegationRecord extends Omit<Delegation, 'approval'> {
  readonly at: number;
}

/** An approver changes the arguments of the call; whoever approves then approves the new hash. */
export interface Edit {
  readonly approval: string;
  readonly hash: Hash;
  readonly by: string;
  /** The whole of the new arguments, inline. */
  readonly args: Value;
  readonly signature?: string | undefined;
}

/** One thing that happened to a question: when, by whom, and the hash that they had before them. */
export interface TrailEntry {
  readonly at: number;
  readonly what: 'asked' | 'escalated' | 'delegated' | 'edited' | 'approved' | 'denied' | 'unanswered';
  readonly by?: string;
  readonly to?: readonly string[];
  readonly hash: Hash;
  /** Of an edit: the arguments before it. */
  readonly before?: Value;
  readonly reason?: string;
  /** Hex; absent where the run takes unsigned decisions. */
  readonly signature?: string;
}

export interface DecisionRecord {
  readonly verdict: 'approve' | 'deny';
  /** All who had a part in it, with commas between. */
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
