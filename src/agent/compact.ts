import { addUsage } from '../contract/cost/usage';
import { failureType } from '../contract/fail';
import type { AgentState, AgentTask } from '../contract/run/agent-run';
import { withCompactions } from '../contract/run/compaction';
import { saying } from './agent-state';
import type { AgentEffects } from './effects';
import { SUMMED_UP } from './prompts';

/** Share of the trigger that the latest turns may take and be kept as they are. */
const KEPT_SHARE = 0.3;

/** Has the last call been so long that the conversation is to be summed up before the next? */
export function isLong(
  { agent: { compaction } }: AgentTask,
  { contextTokens = 0, thread, turns }: AgentState,
): boolean {
  // After its first turn there is nothing to sum up but the task.
  return compaction !== undefined && thread !== null && turns > 1 && contextTokens >= compaction.atTokens;
}

/** May a call that did not fit the model's window be made once more, after summing up? */
export function mayRetry({ agent }: AgentTask, { retriedShorter, thread }: AgentState): boolean {
  return agent.compaction !== undefined && retriedShorter !== true && thread !== null;
}

/** Did a provider refuse the call for its length? */
export function isTooLong(error: unknown): boolean {
  const type = failureType(error);
  return type === 'ContextWindowExceeded' || type === 'ModelRequestTooLarge';
}

/** The state with a summary in place of all but the latest turns; the same state where there is nothing to sum up. */
export async function compact(
  task: AgentTask,
  effects: AgentEffects,
  state: AgentState,
): Promise<AgentState> {
  const { compaction } = task.agent;
  const { thread } = state;
  if (compaction === undefined || thread === null || effects.compact === undefined) return state;
  const { definition, atTokens } = compaction;
  const { usage, ...made } = await effects.compact({
    site: task.site,
    definition,
    thread,
    keepTokens: Math.floor(atTokens * KEPT_SHARE),
  });
  const paid = { ...state, usage: addUsage(state.usage, usage), contextTokens: made.contextTokens };
  if (made.thread === thread) return paid;
  const compactions = withCompactions(state.compactions, [{ thread, messages: made.messages }]);
  return { ...paid, thread: made.thread, compactions };
}

/** {@link compact} after a call that did not fit. Throws what `otherwise` gives where that makes it no shorter. */
export async function compactToRetry(
  task: AgentTask,
  effects: AgentEffects,
  { state, otherwise }: { readonly state: AgentState; readonly otherwise: () => unknown },
): Promise<AgentState> {
  const shorter = await compact(task, effects, state);
  if (shorter.thread === state.thread) throw otherwise();
  const retried = { ...shorter, retriedShorter: true };
  // A reply that was cut for want of room is in the transcript: the model is asked on from there.
  return retried.pending.length > 0 ? retried : saying(retried, SUMMED_UP);
}
