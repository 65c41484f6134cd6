import type { StepPath } from '../team/step-path';
import type { Hash } from '../value';
import type { ApprovalReason } from './approval';

/** What people are told of a question. It names the subject by its hash only: what is to be approved stays in the run. */
export interface Notice {
  /** The same for every try of sending it: receivers drop what they have by it. */
  readonly id: string;
  readonly event: 'asked' | 'escalated' | 'delegated';
  readonly run: string;
  readonly workflow: string;
  readonly approval: string;
  readonly hash: Hash;
  readonly path: StepPath;
  readonly reason: ApprovalReason;
  readonly question: string;
  /** Those it is told to; empty: anyone. */
  readonly to: readonly string[];
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}
