import type { ApprovalTerms } from '../team/step';
import type { Value } from '../value';
import type { Bound, DelegationRecord, Vote } from './approval';
import type { BoundCall } from './bound-call';

/** What a worker answers in place of a result where the policy wants a person. Nothing ran. */
export interface HeldCall extends Omit<BoundCall, 'expiresAt'> {
  /** The effective arguments. */
  readonly shown: Value;
  /** The policies want a person, whatever else is asked about it. @default false */
  readonly isAsked?: true;
  readonly because?: string;
  /** Of the rule that asks, else of the team whose step it is. */
  readonly terms: ApprovalTerms;
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

/**
 * What a call brings with it for the policies. It can only ask for more than they let through by themselves: which are in
 * force, who calls and who may approve, the worker takes from the run's charter.
 */
export interface CallGuard {
  /**
   * Untrusted output has entered the context that it comes from. What an agent has read itself the worker sees in its
   * transcript; what came with its task only the workflow knows. @default false
   */
  readonly untrusted?: true;
  /** Only look: answer with the held call, run nothing. */
  readonly look?: true;
  readonly permit?: Permit;
  /** Arguments that an approver put in place of the call's own. */
  readonly edited?: Value;
  /** Approvals of earlier calls of this tool that cover the rest of the run's. */
  readonly remembered?: readonly Permit[];
}
