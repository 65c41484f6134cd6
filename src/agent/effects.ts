import type { ModelCallInput, ModelCallResult } from '../contract/calls/model-call';
import type { ToolCallInput, ToolCallRequest, ToolCallResult, ToolMeta } from '../contract/calls/tool-call';
import type { AgentState } from '../contract/run/agent-run';
import type { CompactInput, CompactResult } from '../contract/run/compaction';

export interface ToolUse {
  readonly tool: string;
  readonly meta: ToolMeta;
  readonly call: ToolCallInput;
  /** Its place among all tool calls of this use of the agent, from 0. */
  readonly ordinal: number;
  /** Untrusted tools whose output was in the conversation when the model asked; absent where none was. */
  readonly untrusted?: readonly string[];
  /** All calls of the same turn, this one too. */
  readonly turn: readonly ToolCallRequest[];
}

/** What a tool call gives to the loop. */
export interface ToolOutcome extends ToolCallResult {
  /** The value is the agent's own answer: it is not asked again. */
  readonly isAnswer?: boolean;
}

/** Everything that an agent does to the world. The loop itself is pure over these, so it runs on either island and in a unit test. */
export interface AgentEffects {
  /** Asks the model. Throws the `Model…` failures once they are not to be retried. */
  callModel(input: ModelCallInput): Promise<ModelCallResult>;
  /** Runs one tool. Its own error is a result with `isError`; what is thrown fails the agent. */
  callTool(use: ToolUse): Promise<ToolOutcome>;
  /** Called once the tools of a turn have run, with the state that has their results. */
  afterTools?(state: AgentState): void;
  /** Sums up a transcript that has grown long. Without it transcripts stay as they are. */
  compact?(input: CompactInput): Promise<CompactResult>;
  /** Does its time suffice for about one more turn only? Then it is told to conclude. Without it time is plenty. */
  lacksTime?(): boolean;
  /** Called between turns. May throw to go on in another execution: the state holds all that the loop needs. */
  betweenTurns?(state: AgentState): Promise<void>;
}
