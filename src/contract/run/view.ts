import type { Approval, RejectedDecision } from '../approvals/approval';
import type { PassedModel } from '../calls/model-call';
import type { Amount } from '../cost/amount';
import type { BudgetTime } from '../cost/budget-time';
import type { Usage } from '../cost/usage';
import type { CapabilityChoice } from '../registry/capability';
import type { AgentOrigin } from '../registry/registry';
import type { ModelTier } from '../team/agent';
import type { Routing } from '../team/classification';
import type { StepKind } from '../team/step';
import type { StepPath } from '../team/step-path';
import type { Value } from '../value';
import type { Compaction } from './compaction';
import type { Pause } from './event';

export type NodeState = 'running' | 'waiting' | 'done' | 'partial' | 'failed' | 'skipped' | 'cancelled';

/** One step of a run as it stands. Steps that have not begun are not there. */
export interface ViewNode {
  readonly path: StepPath;
  readonly kind: StepKind;
  /** The agent's, tool's or branch's name. */
  readonly label: string;
  readonly state: NodeState;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Tries of this step so far. */
  readonly attempts: number;
  readonly turns: number;
  readonly toolCalls: number;
  /** Those of them that were answered with an error and not run: unknown, not granted, invalid or over a limit. Absent where none. */
  readonly refusedCalls?: number;
  /** Untrusted tools whose output has entered the agent's conversation, by name; absent where none has. */
  readonly untrusted?: readonly string[];
  /** Of this step and everything below it. */
  readonly usage: Usage;
  readonly phase?: string;
  /** Workflow id of the child that runs this subtree; its own view has the nodes below. */
  readonly child?: string;
  /** What the pattern decided, in a few words and without anybody's text: `passed in 2 rounds`. */
  readonly outcome?: string;
  /** How a `route` step came to its route: who was asked, how sure they were, and what lost. */
  readonly routing?: Routing;
  /** Which registered agent it asks, and why that one. */
  readonly origin?: AgentOrigin;
  /** The tier that a rule of the team gave its agent. */
  readonly tier?: ModelTier;
  /** Models of its agent's chain that were passed over, and why. */
  readonly passed?: readonly PassedModel[];
  /** Of a step that asks for a capability: who took it, and why. */
  readonly choice?: CapabilityChoice;
  /** The latest times that its agent's transcript was summed up, with the head of what stood there before. */
  readonly compactions?: readonly Compaction[];
  readonly failure?: ViewFailure;
  /** What a step that failed was given. */
  readonly input?: Value;
  /** Of a saga that did not come to its end: whether everything that it had done is undone. */
  readonly undo?: 'undone' | 'incomplete';
}

export interface ViewFailure {
  readonly type: string;
  readonly message: string;
}

/** A budget as it stands: of the run, of a step's share, or one that steps share by its name. */
export interface BudgetView {
  readonly name: string;
  readonly limit: Amount;
  /** Beside what is confirmed and what is in doubt. */
  readonly left: Amount;
  /** Of that, by calls and children that are under way. */
  readonly held: Amount;
  /** Confirmed. Absent, like the next, in views of an older build. */
  readonly spent?: Amount;
  /** What calls may have cost besides whose end nobody saw. */
  readonly doubt?: Amount;
  /** Of one with a time of its own: its limit, and what is left of it. */
  readonly time?: BudgetTime & { readonly limitMs: number };
}

/** A signal that could not be read, or brought what it should not: not encrypted, of another run, of another shape. */
export interface DroppedSignal {
  readonly signal: string;
  readonly why: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the `view` query answers for one workflow: a run, or the child that runs one of its subtrees. */
export interface RunView {
  readonly run: string;
  readonly workflow: string;
  readonly team: string;
  readonly state: NodeState;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly usage: Usage;
  /** The run's first. Absent in views of runs that had none. */
  readonly budgets?: readonly BudgetView[];
  /** In the order in which the steps began. */
  readonly nodes: readonly ViewNode[];
  /** Waiting ones and decided ones. */
  readonly approvals: readonly Approval[];
  readonly rejectedDecisions: readonly RejectedDecision[];
  /** The last signals that nothing came of. Absent where there were none. */
  readonly droppedSignals?: readonly DroppedSignal[];
  /** Required and optional branches that a partial result lacks. */
  readonly missing: readonly StepPath[];
  /** Present while no new call is started. */
  readonly paused?: Pause;
  readonly failure?: ViewFailure;
}
