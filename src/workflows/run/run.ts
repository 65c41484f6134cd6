import type { AgentOutcome, AgentState, AgentTask } from '../../contract/run/agent-run';
import type { PreparedRun, RunSettings, StepResult, SubtreeInput } from '../../contract/run/run';
import type { Step } from '../../contract/team/step';
import type { StepPath } from '../../contract/team/step-path';
import type { Budget } from '../../contract/team/team';
import type { Value } from '../../contract/value';
import type { AgentTally } from '../safeguards/agent-tally';
import type { ApprovalDesk } from '../safeguards/approval-desk';
import type { BudgetTimes } from '../safeguards/budget-times';
import type { ChildGrants } from '../safeguards/child-grants';
import type { EffectLog } from '../safeguards/effect-log';
import type { Gate } from '../safeguards/gate';
import type { Ledger } from '../safeguards/ledger';
import type { Overseer } from '../safeguards/overseer';
import type { RepeatGuard } from '../safeguards/repeat-guard';
import type { Switchboard } from '../safeguards/switchboard';
import type { Taint } from '../safeguards/taint';
import type { ViewKeeper } from '../safeguards/view-keeper';
import type { Place } from '../steps/place';

/** What every pattern is handed: the execution it runs in. */
export interface Run {
  /** Workflow id of the whole run. */
  readonly id: string;
  /** Workflow id of this execution: the run's own, or that of a child with a subtree. */
  readonly workflow: string;
  readonly team: string;
  /** Lineage that the calls of a step belong to. */
  lineageOf(path: StepPath): string;
  /** What goes with it into every child: see `RunInput`. */
  readonly past: Past;
  readonly prepared: PreparedRun;
  readonly settings: RunSettings;
  /** Milliseconds since the epoch, when the whole run is over. */
  readonly deadlineAt: number;
  readonly tenant: string | undefined;
  readonly generations: Readonly<Record<StepPath, number>>;
  /** The subtree that this execution was started for. */
  readonly top: StepPath;
  readonly view: ViewKeeper;
  readonly approvals: ApprovalDesk;
  /** Who watches over the steps here: whom to ask, and what they allowed for good. */
  readonly overseer: Overseer;
  readonly ledger: Ledger;
  /** Budgets that steps share by name; absent where the team has none. */
  readonly budgets: Readonly<Record<string, Budget>> | undefined;
  /** Their times; absent where none has one, and while it undoes, which no time ends. */
  readonly times: BudgetTimes | undefined;
  readonly grants: ChildGrants;
  readonly effects: EffectLog;
  readonly repeats: RepeatGuard;
  readonly gate: Gate;
  readonly taint: Taint;
  readonly tally: AgentTally;
  readonly switchboard: Switchboard;
  /** Runs a step below the pattern's own. Patterns know each other only through this. */
  runStep(place: Place): Promise<StepResult>;
  /** The same run, in which the uses of one agent step share activities. */
  gathering(gather: Gather): Run;
  /** Present where they do. */
  readonly gather: Gather | undefined;
  /** The same run, with time left though its own is over and with the agents of the team at that path: for undoing. */
  toUndo(path: StepPath): Run;
  /** Numbers the undos of this execution, from 0. */
  nextUndo(): number;
  /** Present in an execution that may continue as new; see `betweenTurns`. */
  readonly continuation: Continuation | undefined;
}

/** Where a run comes from, as its children are told. */
export type Past = Pick<SubtreeInput, 'lineage' | 'lineages' | 'repeats'>;

/** Lets uses of an agent that begin at the same moment share an activity. */
export interface Gather {
  /** The one step whose uses are gathered. */
  readonly step: Step;
  submit(task: AgentTask): Promise<AgentOutcome>;
  /** Starts the activities of all that waits, at once. */
  flush(): void;
}

/** How an agent's loop at the top of this execution goes on in a new one. */
export interface Continuation {
  readonly from: AgentState | undefined;
  continueWhenLong(state: AgentState): Promise<void>;
}

export function whole(output: Value): StepResult {
  return { output, missing: [] };
}
