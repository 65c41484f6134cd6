import type { Notice } from './approvals/notice';
import type { GivenOversight } from './approvals/oversight';
import type { ModelCallInput, ModelCallResult } from './calls/model-call';
import type { ToolCallInput, ToolCallResult } from './calls/tool-call';
import type { Unheard } from './calls/unheard';
import type { Usage } from './cost/usage';
import type { RegistryHead } from './registry/registry';
import type { ChangedRegistry, RegistryChanges } from './registry/registry-messages';
import type { AgentOutcome, AgentTask, FitInput, FittedOutput } from './run/agent-run';
import type { Choice } from './run/ballots';
import type { CompactInput, CompactResult } from './run/compaction';
import type { AgentUses, MergeItemsInput, SplitInput, SplitList, UseOutcome } from './run/map-run';
import type { PreparedRun } from './run/run';
import type { ClassifyInput, Incident, Opinion } from './team/classification';
import type { Merge } from './team/join';
import type { Team } from './team/team';
import type { Value } from './value';

export interface MergeInput {
  /** A rule that needs the outputs themselves; `collect` and `synthesize` do not. */
  readonly merge: Exclude<Merge, 'collect' | { synthesize: string }>;
  readonly outputs: Readonly<Record<string, Value>>;
}

/** What a registry works with. Each is safe to repeat. */
export interface RegistryActivities {
  /** Where the store has that registry; null where nothing was ever published. */
  openRegistry(registry: string): Promise<RegistryHead | null>;
  /**
   * Applies changes to the snapshot that they name and makes the outcome the one that new runs resolve by. Heartbeats.
   * Throws StoreUnavailable, also where the store lacks that snapshot.
   */
  changeRegistry(changes: RegistryChanges): Promise<ChangedRegistry>;
}

/** A worker's activities, as workflow code names them. Each is safe to repeat: replies and results are journaled. */
export interface BatonActivities {
  /**
   * Stores every agent's definition, writes down what its tools may do and who watches over them, and settles who takes
   * what asks for a capability. Throws UnknownTool, NoModelConfigured.
   */
  prepareRun(team: Team, lineage?: string, oversight?: GivenOversight): Promise<PreparedRun>;
  /** Tells people of a question by every notifier of the worker. Throws NoticeNotSent, which is tried again. */
  notify(notice: Notice): Promise<void>;
  /** Asks a model, once: a journaled reply is returned as it is. Heartbeats. Throws the `Model…` failures. */
  callModel(input: ModelCallInput): Promise<ModelCallResult>;
  /** Sums up a transcript but for its latest turns; its model calls are journaled. Heartbeats. Throws as `callModel` does. */
  compact(input: CompactInput): Promise<CompactResult>;
  /** Runs an agent's whole loop, journaled call by call. Heartbeats. Throws what `callModel` and the loop throw. */
  runPackedAgent(task: AgentTask): Promise<AgentOutcome>;
  /** Tells by examples which routes a message may belong to. Heartbeats, since it may train first. Throws InvalidInput. */
  classifyByExamples(input: ClassifyInput): Promise<Opinion['candidates']>;
  /** Keeps what nobody was sure of, to be exported as training data. */
  recordIncident(incident: Incident): Promise<void>;
  /**
   * Several uses of one agent side by side, each journaled call by call on its own: trying again repeats only what had not
   * finished. Heartbeats. Throws a failure that may be tried again; a final one is an outcome.
   */
  runAgents(uses: AgentUses): Promise<readonly UseOutcome[]>;
  /** Joins outputs by a rule. Throws InvalidInput where an output has not the shape that the rule needs. */
  mergeOutputs(input: MergeInput): Promise<Value>;
  /** Makes values of the items of a list. Throws InvalidInput where there is none, or a longer one than allowed. */
  splitList(input: SplitInput): Promise<SplitList>;
  /** Joins the outputs of a map's items. Throws InvalidInput as `mergeOutputs` does. */
  mergeItems(input: MergeItemsInput): Promise<Value>;
  /** Checks another's answer by the output contract of a definition. */
  fitOutput(input: FitInput): Promise<FittedOutput>;
  /** Makes one value of a composite: inline when small, else stored. */
  storeValue(value: Value): Promise<Value>;
  /** The value inline when its JSON is at most `maxBytes` long, else stored. */
  loadValue(value: Value, maxBytes: number): Promise<Value>;
  /** What cancelled activities had used of which nothing was heard, each in its place. Asks no model. Throws StoreUnavailable. */
  countUnheard(unheard: readonly Unheard[]): Promise<readonly Usage[]>;
  /** Gives the workflow's time back, in milliseconds since the epoch, so that history keeps it. */
  keepTime(now: number): Promise<number>;
  /** What a voter votes for, of an answer that is too large for history. */
  readBallot(said: Value, ranked: boolean): Promise<readonly Choice<Value>[]>;
}

/** A tool runs under its own name with this shape. Throws ToolUnavailable, EffectAmbiguous, ToolFailed. */
export type ToolActivity = (input: ToolCallInput) => Promise<ToolCallResult>;
