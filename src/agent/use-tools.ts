import type { ModelCallResult } from '../contract/calls/model-call';
import type { ToolCallRequest } from '../contract/calls/tool-call';
import { hashOf } from '../contract/hash';
import type { AgentState, AgentTask } from '../contract/run/agent-run';
import type { DraftMessage, DraftPart } from '../contract/run/conversation';
import { inline, type Value } from '../contract/value';
import { withPending, wrapUp } from './agent-state';
import type { AgentEffects, ToolOutcome, ToolUse } from './effects';
import { afterRound, isStalled } from './progress';
import { NO_CALLS_LEFT, notGranted, STALLED, tooManyAtOnce } from './prompts';

/** The state after a turn's tool calls, and the answer where one of them gave it. */
export interface ToolTurn {
  readonly state: AgentState;
  readonly answer?: Value;
}

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
): Promise<ToolTurn> {
  const { state, reply } = turn;
  const left = task.agent.limits.maxToolCalls - state.toolCalls;
  const entered = new Set(state.untrusted);
  let refused = state.refusedCalls ?? 0;
  const calls = await Promise.all(
    reply.toolCalls.map(async (request, index): Promise<Called> => {
      const refusal = whyNot(task, request, { index, left });
      if (refusal !== undefined) {
        refused += 1;
        return { request, result: { value: inline(refusal), isError: true }, byEngine: true };
      }
      const use = toolUse(task, request, { index, reply, state });
      const result = await effects.callTool(use);
      if (result.notRun === true) refused += 1;
      for (const tool of sourcesOf(use, result.untrusted)) entered.add(tool);
      return { request, result };
    }),
  );
  const results: DraftMessage = { role: 'user', content: calls.map(resultPart) };
  const counted = { ...state, toolCalls: state.toolCalls + reply.toolCalls.length };
  const told = withPending(
    {
      ...counted,
      // In order of name: the calls of one turn end in any order.
      ...(entered.size === 0 ? {} : { untrusted: [...entered].sort() }),
      ...(refused === 0 ? {} : { refusedCalls: refused }),
    },
    results,
  );
  const next = afterRound(task, told, calls);
  const answer = calls.find(({ result }) => result.isAnswer === true)?.result.value;
  if (answer !== undefined) return { state: next, answer };
  if (isStalled(task, next)) return { state: wrapUp(next, STALLED) };
  return { state: reply.toolCalls.length >= left ? wrapUp(next) : next };
}

interface Called {
  readonly request: ToolCallRequest;
  readonly result: ToolOutcome;
  /** Refused by the loop: not the tool's own words. */
  readonly byEngine?: true;
}

function resultPart({ request: { id, name }, result: { value, isError }, byEngine }: Called): DraftPart {
  return { type: 'toolResult', id, name, value, isError, ...(byEngine === undefined ? {} : { byEngine }) };
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
  const call = {
    site: task.site,
    idempotencyKey: idempotencyKey(task, request, place),
    args: request.args,
    ...(meta.effect === 'write' ? { thread: place.reply.thread } : {}),
    ...(task.charter === undefined ? {} : { charter: task.charter }),
  };
  const { toolCalls, untrusted } = place.state;
  return {
    tool: request.name,
    meta,
    call,
    ordinal: toolCalls + place.index,
    turn: place.reply.toolCalls,
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
