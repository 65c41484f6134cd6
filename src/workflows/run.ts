import type { AgentState } from '../contract/agent-run';
import type { PreparedRun, RunSettings, StepResult } from '../contract/run';
import type { Step } from '../contract/step';
import { childPath, type StepPath } from '../contract/step-path';
import type { Value } from '../contract/value';
import type { ApprovalDesk } from './safeguards/approval-desk';
import type { Ledger } from './safeguards/ledger';
import type { ViewKeeper } from './safeguards/view-keeper';

/** A step with all that one use of it has: where it stands, what it is given, how often it has been asked anew. */
export interface Place<S extends Step = Step> {
  readonly step: S;
  readonly path: StepPath;
  readonly input: Value;
  /** Raised by retries and resumes, and inherited: see `CallSite.generation`. */
  readonly generation: number;
}

/** What every pattern is handed: the execution it runs in. */
export interface Run {
  /** Workflow id of the whole run. */
  readonly id: string;
  /** Workflow id of this execution: the run's own, or that of a child with a subtree. */
  readonly workflow: string;
  readonly team: string;
  readonly lineage: string;
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
  readonly ledger: Ledger;
  /** Runs a step below the pattern's own. Patterns know each other only through this. */
  runStep(place: Place): Promise<StepResult>;
  /** Present in an execution that may continue as new; see `betweenTurns`. */
  readonly continuation: Continuation | undefined;
}

/** How an agent's loop at the top of this execution goes on in a new one. */
export interface Continuation {
  readonly from: AgentState | undefined;
  continueWhenLong(state: AgentState): Promise<void>;
}

/** The place of a step directly below another. */
export function below(
  parent: Place,
  key: string,
  child: { readonly step: Step; readonly input: Value },
): Place {
  return { ...child, path: childPath(parent.path, parent.step, key), generation: parent.generation };
}

export function whole(output: Value): StepResult {
  return { output, missing: [] };
}
