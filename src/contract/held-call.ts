import type { Bound, DelegationRecord, Vote } from './approval';
import type { BoundCall } from './bound-call';
import type { Caller } from './judge-call';
import type { ApproverKey } from './signing';
import type { ApprovalTerms } from './step';
import type { Value } from './value';

/** What a worker answers in place of a result where the policy wants a person. Nothing ran. */
export interface HeldCall extends Omit<BoundCall, 'expiresAt'> {
  /** The effective arguments. */
  readonly shown: Value;
  readonly because?: string;
  readonly terms?: ApprovalTerms;
  readonly remember?: true;
  /** Why the approval that came with the call does not cover it. */
  readonly refused?: string;
}

/** An approval as a worker checks it again, from scratch, before it runs the call. */
export interface Permit {
  /** The approval's id. */
  readonly approval: string;
  readonly bound: Bound;
  readonly votes: readonly Vote[];
  readonly delegations: readonly DelegationRecord[];
}

/** What a worker needs to hold a call to the run's policies. Absent where these allow every call of its kind. */
export interface CallGuard {
  /** The policies in force, outermost first: a list of them. */
  readonly policies: Value;
  readonly caller: Caller;
  /** Public keys that the run was started with; absent where it takes unsigned decisions. */
  readonly keys?: readonly ApproverKey[];
  /** Only look: answer with the held call, run nothing. */
  readonly look?: true;
  readonly permit?: Permit;
  /** Arguments that an approver put in place of the call's own. */
  readonly edited?: Value;
  /** Approvals of earlier calls of this tool that cover the rest of the run's. */
  readonly remembered?: readonly Permit[];
}
