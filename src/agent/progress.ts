import type { ToolCallRequest, ToolCallResult } from '../contract/calls/tool-call';
import { hashOf } from '../contract/hash';
import type { AgentState, AgentTask } from '../contract/run/agent-run';
import { delegatedWorker } from '../contract/team/delegation';

/** Of a hash: so few calls of one agent are told apart by much less than the whole. */
const SIGN_CHARS = 16;

/** The state once a turn's calls are done, with what they brought. Only of a task that limits its idle rounds. */
export function afterRound(
  task: AgentTask,
  state: AgentState,
  calls: readonly { readonly request: ToolCallRequest; readonly result: ToolCallResult }[],
): AgentState {
  if (task.maxIdleRounds === undefined) return state;
  const { seen, idleRounds } = state.progress ?? { seen: [], idleRounds: 0 };
  const before = new Set(seen);
  const signs = calls.map(({ request, result }) => signsOf(request, result));
  const isIdle = signs.every((each) => each.some((sign) => before.has(sign)));
  return {
    ...state,
    progress: {
      seen: [...new Set([...seen, ...signs.flat()])],
      idleRounds: isIdle ? idleRounds + 1 : 0,
    },
  };
}

/** Have so many rounds in a row brought nothing new that the agent has to conclude? */
export function isStalled({ maxIdleRounds }: AgentTask, { progress }: AgentState): boolean {
  return maxIdleRounds !== undefined && (progress?.idleRounds ?? 0) >= maxIdleRounds;
}

/**
 * Marks by which a call is known again: it brings nothing new where one of them is. A delegation is known by its worker
 * and what it was told, unless it failed, and by its worker and the result; a tool only by its call and result in one,
 * since it may well be asked again how things stand.
 */
function signsOf({ name, args }: ToolCallRequest, { value, isError }: ToolCallResult): readonly string[] {
  if (delegatedWorker(name) === undefined) return [signOf({ name, args, value })];
  return [signOf({ name, value }), ...(isError ? [] : [signOf({ name, args })])];
}

function signOf(call: object): string {
  return hashOf(call).slice(0, SIGN_CHARS);
}
