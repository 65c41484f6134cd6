import type { Json, JsonPointer } from '../json';
import type { ModelTier } from './agent';
import type { Duration } from './duration';
import type { Join, Merge } from './join';
import type { Predicate } from './predicate';

/**
 * A node of an orchestration, as it is recorded with the run: every default is filled in, so that a later version of
 * Baton changes nothing for runs that have begun. `stepSchema` makes this form of what people write.
 */
export type Step =
  | AgentStep
  | ToolStep
  | PipelineStep
  | ParallelStep
  | MapStep
  | RaceStep
  | RouteStep
  | SuperviseStep
  | DebateStep
  | VoteStep
  | RefineStep
  | DagStep
  | PeersStep
  | SagaStep
  | ApproveStep
  | EmitStep
  | OnStep
  | CheckpointStep
  | TeamStep;

export type StepKind = Step['kind'];
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;

/** What any step may carry. */
export interface StepCommon {
  /** Names the step in its path; without it its place in the parent does. */
  readonly id?: string | undefined;
  /** A name for this part of the run, shown in the view and findable in Temporal's UI. */
  readonly phase?: string | undefined;
  /**
   * Wall time of each try. When it is over, all that runs below is cancelled, and each pattern concludes by its own rule
   * as if what is unfinished had failed: then the result is partial and names it. Where its rule gives no result, the step
   * fails StepTimedOut. The `limits.timeout` of a run works likewise.
   */
  readonly timeout?: Duration | undefined;
  /** Tries in all of the whole step; each one after the first raises the generation, so that what failed is asked anew. */
  readonly retry?: { readonly attempts: number } | undefined;
  /** Share of the budget above it, above 0 and at most 1; or the name of one of the team's `budgets`. */
  readonly budget?: number | string | undefined;
  /** Runs as a child workflow with its own history; a `team` step does anyway. Set by the growth plan where a history could grow too long. */
  readonly isolated?: boolean | undefined;
  /**
   * Ends the pattern early and whole, the rest cancelled. Tested on the output of each child (pipeline, parallel, map, dag,
   * supervise), or on what each round comes to (refine, debate, peers), in the form of the step's output. Other kinds
   * have none.
   */
  readonly stopWhen?: Predicate | undefined;
  readonly onFailure?: OnFailure | undefined;
}

/**
 * `fail` is the default. `skip` yields null and marks the result partial. `escalate` asks a person. A fallback runs after
 * any failure, or `on: 'model'` only after one that another model or agent may do better with (see `alternativeTo`).
 */
export type OnFailure =
  | 'fail'
  | 'skip'
  | 'escalate'
  | { readonly fallback: Step; readonly on?: 'any' | 'model' | undefined };

/** Names its agent, or asks for a capability; never both. */
export interface AgentStep extends StepCommon {
  readonly kind: 'agent';
  readonly agent?: string | undefined;
  /** One of the agents with this capability takes the step: settled when the run begins, by tier and weight. */
  readonly capability?: string | undefined;
  /** Beside a capability: only candidates of this tier, or of the nearest one that has any. */
  readonly tier?: ModelTier | undefined;
  /** Said to the agent before the step's input. */
  readonly task?: string | undefined;
}

export interface ToolStep extends StepCommon {
  readonly kind: 'tool';
  readonly tool: string;
  /** `{ "$input": "/pointer" }` anywhere inside is replaced by that part of the step's input. */
  readonly args: Json;
}

export interface PipelineStep extends StepCommon {
  readonly kind: 'pipeline';
  readonly steps: readonly Step[];
}

export interface ParallelStep extends StepCommon {
  readonly kind: 'parallel';
  readonly branches: Readonly<Record<string, Step>>;
  readonly join: Join;
  readonly merge: Merge;
  readonly maxConcurrency: number;
}

export interface MapStep extends StepCommon {
  readonly kind: 'map';
  /** Where in the step's input the array is. */
  readonly over: JsonPointer;
  readonly step: Step;
  readonly join: Join;
  readonly merge: Merge;
  readonly maxConcurrency: number;
  /** A longer list fails the step InvalidInput. */
  readonly maxItems: number;
  /** Items that one history holds; more go to child workflows. Lowered by the growth plan where items are large. */
  readonly window?: number | undefined;
  /** Uses of an agent without tools that share an activity; each is journaled on its own. */
  readonly callsPerActivity: number;
}

export interface RaceStep extends StepCommon {
  readonly kind: 'race';
  readonly branches: Readonly<Record<string, Step>>;
  readonly accept?: Predicate | undefined;
  readonly judge?: string | undefined;
  readonly hedgeAfter?: Duration | undefined;
}

export type Classifier =
  | {
      readonly by: 'examples';
      /**
       * Utterances by route, or by `route/intent` where a route holds several things: the intents are told apart, their
       * confidences added up. Those under `otherwise` belong to no route.
       */
      readonly examples: Readonly<Record<string, readonly string[]>>;
      /** Where in the step's input the text is; without it the whole input is the text. */
      readonly text?: JsonPointer | undefined;
    }
  | { readonly by: 'rules'; readonly rules: readonly { readonly when: Predicate; readonly route: string }[] }
  | { readonly by: 'agent'; readonly agent: string }
  /** Approves with the route as the choice; a denial, or silence up to the deadline, decides nothing. */
  | { readonly by: 'person'; readonly approvers: readonly string[]; readonly deadline: Duration };

export interface RouteStep extends StepCommon {
  readonly kind: 'route';
  /** A cascade, cheap first: each may decide or pass on. */
  readonly by: readonly Classifier[];
  /** Least confidence, 0 to 1, with which a classifier of that kind decides. */
  readonly thresholds: { readonly examples: number; readonly agent: number };
  readonly routes: Readonly<Record<string, Step>>;
  readonly fallback: Step;
}

export interface SuperviseStep extends StepCommon {
  readonly kind: 'supervise';
  /** The agent that delegates; it sees its task, its tools and the workers' results, nothing of how they worked. */
  readonly supervisor: string;
  readonly workers: Readonly<Record<string, Step>>;
  /** Turns in which the supervisor may delegate. */
  readonly maxRounds: number;
  /**
   * Turns in a row that bring nothing new, after which the supervisor has to conclude. A call brings nothing new where
   * its worker has given the same result before, or has been given the same delegation and did not fail at it; a call
   * of a tool, where the same call has had the same result.
   */
  readonly maxIdleRounds?: number | undefined;
  /** The supervisor may have a worker's answer passed on as the step's output, without another turn of its own. */
  readonly passThrough?: boolean | undefined;
  readonly task?: string | undefined;
}

export interface DebateStep extends StepCommon {
  readonly kind: 'debate';
  readonly proposer: Step;
  readonly critic: Step;
  readonly judge: Step;
  readonly maxRounds: number;
}

export type VotingRule =
  | 'majority'
  | 'plurality'
  | 'unanimous'
  | 'ranked'
  | { readonly qualified: number }
  | { readonly weighted: Readonly<Record<string, number>> };

export interface VoteStep extends StepCommon {
  readonly kind: 'vote';
  readonly voters: Readonly<Record<string, Step>>;
  readonly rule: VotingRule;
  readonly tieBreak: Step | 'escalate';
  /** Who breaks a tie where people do. Default: anyone within a day, and a tie that nobody breaks fails the step. */
  readonly tieTerms?: ApprovalTerms | undefined;
  /** An agent that says whether two free-text answers mean the same. */
  readonly judge?: string | undefined;
}

export interface RefineStep extends StepCommon {
  readonly kind: 'refine';
  readonly draft: Step;
  readonly review: Step;
  readonly maxRounds: number;
}

export interface DagTask {
  readonly id: string;
  readonly step: Step;
  readonly requires: readonly string[];
  readonly optional?: boolean | undefined;
}

/** Fixed tasks, or a planner and the workers that it may give tasks to; never both. */
export interface DagStep extends StepCommon {
  readonly kind: 'dag';
  readonly tasks?: readonly DagTask[] | undefined;
  readonly planner?: string | undefined;
  readonly workers?: Readonly<Record<string, Step>> | undefined;
  readonly maxTasks: number;
  readonly replan: boolean;
  readonly approvePlan?: ApprovalTerms | undefined;
}

export interface PeersStep extends StepCommon {
  readonly kind: 'peers';
  readonly members: Readonly<Record<string, Step>>;
  readonly maxRounds: number;
  readonly until: 'consensus' | 'quiet';
}

/**
 * Each `do` gets `{ input, done }`: the saga's input and the outputs of the parts before it, by name. Each `undo` gets
 * the same and `result`, null where the effect never reported: it must accept that its `do` did not happen. Without an
 * `undo`, every tool call below `do` is undone by the compensation that its tool declares. The output is the record of
 * all results.
 */
export interface SagaStep extends StepCommon {
  readonly kind: 'saga';
  readonly steps: readonly { readonly name: string; readonly do: Step; readonly undo?: Step | undefined }[];
}

/** Who decides, how long they have, who is asked next, and what silence means. */
export interface ApprovalTerms {
  /** Names of people or groups; empty means anyone who can reach the run. */
  readonly approvers: readonly string[];
  /** From the question to the default. */
  readonly deadline: Duration;
  /** Each adds its people to the approvers once that much time has passed since the question. */
  readonly escalate: readonly { readonly after: Duration; readonly to: readonly string[] }[];
  /** `fail` raises ApprovalUnanswered; `deny` is a decision like a person's. */
  readonly whenUnanswered: 'deny' | 'approve' | 'fail';
  /** How many of them must approve; it is denied once so many of those asked so far no longer can. @default 1 */
  readonly quorum?: number | undefined;
}

/** Asks people about the step's input; approved, the input goes on unchanged; denied, the step fails ApprovalDenied. */
export interface ApproveStep extends StepCommon, ApprovalTerms {
  readonly kind: 'approve';
  readonly question: string;
  /** Runs once approved; its output is the step's. The subtree that the question guards. */
  readonly guards?: Step | undefined;
}

export interface EmitStep extends StepCommon {
  readonly kind: 'emit';
  readonly event: string;
}

export interface OnStep extends StepCommon {
  readonly kind: 'on';
  readonly event: string;
  readonly timeout: Duration;
}

export interface CheckpointStep extends StepCommon {
  readonly kind: 'checkpoint';
  readonly label: string;
}

export interface TeamStep extends StepCommon {
  readonly kind: 'team';
  readonly team: string;
}
