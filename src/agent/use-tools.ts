import type { AgentState, AgentTask } from '../contract/agent-run';
import type { DraftMessage, DraftPart } from '../contract/conversation';
import { hashOf } from '../contract/hash';
import type { ModelCallResult } from '../contract/model-call';
import type { ToolCallRequest } from '../contract/tool-call';
import { inline } from '../contract/value';
import { withPending, wrapUp } from './agent-state';
import type { AgentEffects, ToolUse } from './effects';
import { NO_CALLS_LEFT, notGranted, tooManyAtOnce } from './prompts';

interface CallPlace {
  readonly index: number;
  readonly reply: ModelCallResult;
  readonly state: AgentState;
}

/**
 * Runs every tool call of one turn side by side and answers in call order, in one message. A call that may not run
 * (unknown, ungranted, invalid, over a limit) gets an error result that says why, and counts.
 */
export async function useTools(
  task: AgentTask,
  effects: AgentEffects,
  turn: { state: AgentState; reply: ModelCallResult },
): Promise<AgentState> {
  const { state, reply } = turn;
  const left = task.agent.limits.maxToolCalls - state.toolCalls;
  const entered = new Set(state.untrusted);
  let refused = state.refusedCalls ?? 0;
  const parts = await Promise.all(
    reply.toolCalls.map(async (request, index): Promise<DraftPart> => {
      const refusal = whyNot(task, request, { index, left });
      const { id, name } = request;
      if (refusal !== undefined) {
        refused += 1;
        return { type: 'toolResult', id, name, value: inline(refusal), isError: true, byEngine: true };
      }
      const use = toolUse(task, request, { index, reply, state });
      const { value, isError, notRun, untrusted } = await effects.callTool(use);
      if (notRun === true) refused += 1;
      for (const tool of sourcesOf(use, untrusted)) entered.add(tool);
      return { type: 'toolResult', id, name, value, isError };
    }),
  );
  const results: DraftMessage = { role: 'user', content: parts };
  const counted = { ...state, toolCalls: state.toolCalls + reply.toolCalls.length };
  const next = withPending(
    {
      ...counted,
      // In order of name: the calls of one turn end in any order.
      ...(entered.size === 0 ? {} : { untrusted: [...entered].sort() }),
      ...(refused === 0 ? {} : { refusedCalls: refused }),
    },
    results,
  );
  return reply.toolCalls.length >= left ? wrapUp(next) : next;
}

function whyNot(
  task: AgentTask,
  request: ToolCallRequest,
  place: { index: number; left: number },
): string | undefined {
  const granted = task.agent.tools;
  if (place.index >= place.left) return NO_CALLS_LEFT;
  if (place.index >= task.agent.limits.maxParallelTools)
    return tooManyAtOnce(task.agent.limits.maxParallelTools);
  if (!Object.hasOwn(granted, request.name)) return notGranted(request.name, Object.keys(granted));
  return request.problem;
}

function toolUse(task: AgentTask, request: ToolCallRequest, place: CallPlace): ToolUse {
  const meta = task.agent.tools[request.name];
  if (meta === undefined) throw new TypeError(`tool "${request.name}" was not checked`);
  const call = { site: task.site, idempotencyKey: idempotencyKey(task, request, place), args: request.args };
  const { toolCalls, untrusted } = place.state;
  return {
    tool: request.name,
    meta,
    call,
    ordinal: toolCalls + place.index,
    ...(untrusted === undefined ? {} : { untrusted }),
  };
}

/** What a result brings into the conversation: the tool's own output where nobody vouches for it, or what stands behind it. */
function sourcesOf({ tool, meta }: ToolUse, behind: readonly string[] = []): readonly string[] {
  return meta.trust === 'trusted' ? behind : [...behind, tool];
}

/** The head of the transcript holds the request itself, so asking anew gives a new key and repeating a turn gives the old one. */
function idempotencyKey(task: AgentTask, request: ToolCallRequest, place: CallPlace): string {
  const { lineage, path } = task.site;
  return hashOf({ lineage, path, thread: place.reply.thread, index: place.index, tool: request.name });
}
