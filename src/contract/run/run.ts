import type { Permit } from '../approvals/held-call';
import type { GivenOversight, Oversight } from '../approvals/oversight';
import type { EffectState } from '../calls/effect';
import type { ToolMeta } from '../calls/tool-call';
import type { Amount, Spent } from '../cost/amount';
import type { BudgetTime } from '../cost/budget-time';
import type { Usage } from '../cost/usage';
import type { CapabilityChoice } from '../registry/capability';
import type { AgentReport } from '../registry/registry-messages';
import type { Step } from '../team/step';
import type { StepPath } from '../team/step-path';
import type { Budget, RunLimits, Team } from '../team/team';
import type { Hash, Value } from '../value';
import type { AgentState, PreparedAgent } from './agent-run';
import type { Pause } from './event';
import type { Stretch, StretchResult } from './map-run';
import type { RepeatTerms } from './past';
import type { Priority } from './priority';
import type { RunView } from './view';

/** Version of the shapes in this file. A worker refuses a format that it doesn't know. 1: the first. */
export const RUN_FORMAT = 1;

/** How a run is to be executed; settled by the client when it starts and recorded, so that replay never asks the environment. */
export interface RunSettings {
  /** Heartbeat timeout of model and tool calls, in milliseconds: 2,000 embedded, 10,000 where heartbeats are billed. */
  readonly heartbeatTimeoutMs: number;
  /**
   * How long a worker may take over one workflow task, its replay included, in milliseconds; after it another worker gets
   * the task. Absent: the server's own, ten seconds.
   */
  readonly workflowTaskTimeoutMs?: number;
  /** How long one call is retried, in milliseconds. */
  readonly patienceMs: number;
  /** Events after which an agent's loop goes on in a new execution. */
  readonly maxHistoryEvents: number;
  /** Queues of the roles that have workers of their own; absent means the run's own queue. */
  readonly modelsQueue?: string;
  readonly toolsQueue?: string;
  /** False on a server without Baton's search attributes, where upserting one would block the run. */
  readonly searchAttributes: boolean;
  /** People are told of questions by the workers' notifiers. Absent: they look for themselves. */
  readonly notify?: true;
}

export interface RunInput {
  readonly format: typeof RUN_FORMAT;
  /** Checked, defaults filled in, growth planned. */
  readonly team: Team;
  readonly input: Value;
  readonly settings: RunSettings;
  /** Run whose paid work this one shares; its own id where absent. */
  readonly lineage?: string;
  /** The run that it goes on from, where it was resumed. */
  readonly takesUp?: string;
  /** Steps to be asked anew, by path. */
  readonly generations?: Readonly<Record<StepPath, number>>;
  /** Lineages of steps whose calls are made anew, by path without loop indices; see `stepsAfter`. */
  readonly lineages?: Readonly<Record<StepPath, string>>;
  /** What the run that this one began from has done. */
  readonly repeats?: RepeatTerms;
  /** How often effects were undone before it began: see `EffectState`. */
  readonly undone?: Readonly<Record<string, number>>;
  readonly tenant?: string;
  /** What it was started with; its tasks have it from the server. Kept for the runs that are made of it. */
  readonly priority?: Priority;
  /** Untrusted tools whose output may be in the input: what the runs of a session before this one had taken in. */
  readonly untrusted?: readonly string[];
  /** Who watches over it beside what the team says. */
  readonly oversight?: GivenOversight;
}

/** What the worker settled when the run began, by agent name; supervisors by the path of their step, since their tools depend on it. */
export interface PreparedRun {
  readonly agents: Readonly<Record<string, PreparedAgent>>;
  /** Names what the worker has written down: which tools may be called where in this run, and under whose watch. */
  readonly charter?: Hash;
  readonly supervisors: Readonly<Record<StepPath, PreparedAgent>>;
  /** Agents that answer a pattern's question in the form that it needs, by path without loop indices. */
  readonly roles: Readonly<Record<StepPath, PreparedAgent>>;
  /** Stored examples of `route` steps, by the step's path without loop indices and the classifier's place in its cascade. */
  readonly examples?: Readonly<Record<string, Hash>>;
  /** Who was chosen for the steps that ask for a capability, by path without loop indices. */
  readonly choices?: Readonly<Record<StepPath, CapabilityChoice>>;
  /** Tools that `tool` steps call, and those that undo what a tool of the team does. */
  readonly tools: Readonly<Record<string, ToolMeta>>;
  /** Sub-teams, by the path without loop indices of the step that runs each. */
  readonly teams?: Readonly<Record<StepPath, PreparedTeam>>;
}

/** A sub-team with everything settled for it at its place; paths in it begin below the step that runs it. */
export interface PreparedTeam {
  readonly name: string;
  readonly root: Step;
  readonly limits: RunLimits;
  readonly prepared: PreparedRun;
  readonly approvals?: Team['approvals'];
}

/** A subtree that runs with a history of its own. */
export interface SubtreeInput {
  readonly format: typeof RUN_FORMAT;
  /** Workflow id of the run that this is part of. */
  readonly run: string;
  readonly team: string;
  readonly lineage: string;
  readonly generations: Readonly<Record<StepPath, number>>;
  /** Generation that the subtree inherits. */
  readonly generation: number;
  readonly path: StepPath;
  readonly step: Step;
  readonly input: Value;
  readonly prepared: PreparedRun;
  readonly settings: RunSettings;
  /** What the run has left when the child starts: what shares in it are of. */
  readonly limits: RunLimits;
  /** What it may use at once; for more it asks its parent. Absent: its limits. */
  readonly grant?: Amount;
  /** Budgets that its steps share by name with the rest of the run. */
  readonly budgets?: Readonly<Record<string, Budget>>;
  /** How the times of these budgets stood when it began. */
  readonly budgetTimes?: Readonly<Record<string, BudgetTime>>;
  /** Milliseconds since the epoch; past it the whole run is over. */
  readonly deadlineAt: number;
  /** Milliseconds since the epoch, where a step above has less time than the run: then its parent cancels it. */
  readonly until?: number;
  readonly tenant?: string;
  /** Present where the child runs not the step itself but some items of the map that it is. */
  readonly stretch?: Stretch;
  /** Present when an agent's loop goes on in a new execution. */
  readonly continued?: Continued;
  /** Events that its steps may wait for and that were raised before it began. */
  readonly events?: Readonly<Record<string, Value>>;
  /** Present where the run was paused when it began. */
  readonly paused?: Pause;
  /** Part of a saga: what it has done is undone by itself when it fails, and handed up when it succeeds. */
  readonly undoesItself?: boolean;
  /** How often effects were undone before it began: see `EffectState`. */
  readonly undone?: Readonly<Record<string, number>>;
  /** Lineages of steps whose calls are made anew, by path without loop indices; see `stepsAfter`. */
  readonly lineages?: Readonly<Record<StepPath, string>>;
  /** What the run that this one began from has done. */
  readonly repeats?: RepeatTerms;
  /** Untrusted tools whose output may be in the input. */
  readonly untrusted?: readonly string[];
  readonly oversight?: Oversight;
}

/** What the execution before this one had reached. */
export interface Continued {
  readonly agent: AgentState;
  readonly view: RunView;
  readonly spent: Readonly<Record<StepPath, Usage>>;
  /** Of that, what counts in budgets that steps share by name. */
  readonly budgets?: Readonly<Record<string, Spent>>;
  readonly effects?: EffectState;
  readonly agents?: readonly AgentReport[];
}

export interface StepResult {
  readonly output: Value;
  /** Paths of the branches that the output lacks; empty where it is whole. */
  readonly missing: readonly StepPath[];
}

export interface SubtreeResult extends StepResult {
  readonly usage: Usage;
  /** Of that, what counts in budgets that its steps share by name. */
  readonly budgets?: Readonly<Record<string, Spent>>;
  /** What would undo it, where it is part of a saga. */
  readonly effects?: Pick<EffectState, 'undos' | 'undone'>;
  /** Approvals given in it that cover the rest of the run's calls of their kind. */
  readonly remembered?: readonly Permit[];
  /** Present where the child ran some items of a map. */
  readonly stretch?: StretchResult;
  /** How the registered agents in it fared; absent where there were none. */
  readonly agents?: readonly AgentReport[];
  /** Untrusted tools whose output may be in what it returns. */
  readonly untrusted?: readonly string[];
}

export interface RunResult extends StepResult {
  /** `partial` where something is missing; a failed run has no result but a failure. */
  readonly state: 'done' | 'partial';
  readonly usage: Usage;
  /** Untrusted tools whose output may be in the output. */
  readonly untrusted?: readonly string[];
}
