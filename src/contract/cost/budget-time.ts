import type { StepPath } from '../team/step-path';

/** Where the time of a budget stands that steps share by its name. */
export interface BudgetTime {
  /** Milliseconds that were left at `since`, or are left now where it stands still. */
  readonly leftMs: number;
  /** Milliseconds since the epoch from which on it has been passing; absent while no step of the budget runs. */
  readonly since?: number;
}

/** `open`: it has some left; `asked`: it is over, and a person may give more; `over`: nobody has. */
export type BudgetTimeState = 'open' | 'asked' | 'over';

/** A child's first step on a budget's time has begun, or its last has ended. */
export interface BudgetRuns {
  /** Workflow id of the child. */
  readonly from: string;
  readonly name: string;
  /** The step that has begun; absent where the last has ended. */
  readonly at?: StepPath;
}

/** What a child is told once a budget's time is over, and when a person has decided on it. */
export interface BudgetTimeTold {
  readonly name: string;
  readonly state: BudgetTimeState;
  readonly time: BudgetTime;
}

/** When the time is over, in milliseconds since the epoch, if steps run on it from `from` on. */
export function endOf({ leftMs, since }: BudgetTime, from: number): number {
  return (since ?? from) + leftMs;
}
