import { type ModelCallResult, withPassed } from '../contract/calls/model-call';
import { addUsage, NO_USAGE, type Usage } from '../contract/cost/usage';
import { failure } from '../contract/fail';
import type { AgentState, AgentTask } from '../contract/run/agent-run';
import { type DraftMessage, userText } from '../contract/run/conversation';
import { WRAP_UP } from './prompts';

export function openingState(task: AgentTask): AgentState {
  return {
    thread: null,
    pending: [task.opening],
    turns: 0,
    toolCalls: 0,
    usage: NO_USAGE,
    lastTurnTokens: 0,
    repairs: 0,
    continuations: 0,
    pauses: 0,
    nudges: 0,
    pieces: [],
    wrappingUp: false,
    ...(task.untrusted === undefined ? {} : { untrusted: task.untrusted }),
  };
}

/** The state once a reply is in: the transcript has it, nothing is pending, the turn is counted. */
export function afterReply({ retriedShorter, ...state }: AgentState, reply: ModelCallResult): AgentState {
  return {
    ...state,
    ...(retriedShorter === true && reply.stop === 'contextExceeded' ? { retriedShorter } : {}),
    ...(reply.contextTokens === undefined ? {} : { contextTokens: reply.contextTokens }),
    thread: reply.thread,
    pending: [],
    turns: state.turns + 1,
    usage: addUsage(state.usage, reply.usage),
    lastTurnTokens: tokens(reply.usage),
    ...(reply.passed === undefined ? {} : { passed: withPassed(state.passed, reply.passed) }),
  };
}

export function saying(state: AgentState, text: string): AgentState {
  return { ...state, pending: [...state.pending, userText(text)] };
}

export function withPending(state: AgentState, message: DraftMessage): AgentState {
  return { ...state, pending: [...state.pending, message] };
}

/** Throws TurnLimitReached or TokenLimitReached where the agent may not be asked once more. */
export function checkLimits(task: AgentTask, state: AgentState): void {
  const { name, limits } = task.agent;
  if (state.turns >= limits.maxTurns) {
    throw failure(
      'TurnLimitReached',
      `Agent "${name}" gave no final answer within ${limits.maxTurns} turns (limits.maxTurns).`,
    );
  }
  if (tokens(state.usage) >= limits.maxTokens) {
    throw failure(
      'TokenLimitReached',
      `Agent "${name}" used ${tokens(state.usage)} of ${limits.maxTokens} tokens (limits.maxTokens) without a final answer.`,
    );
  }
}

/** Tells the agent to conclude where its limits, or its time, cover one more turn only. An agent of one turn is told nothing. */
export function wrapUpWhenLast(task: AgentTask, state: AgentState, lacksTime: boolean): AgentState {
  if (state.wrappingUp || state.turns === 0 || Object.keys(task.agent.tools).length === 0) return state;
  const { limits } = task.agent;
  const lastTurn = state.turns === limits.maxTurns - 1;
  const lastTokens = limits.maxTokens - tokens(state.usage) < 2 * state.lastTurnTokens;
  if (lastTurn || lastTokens) return wrapUp(state);
  return lacksTime ? { ...wrapUp(state), lacksTime: true } : state;
}

export function wrapUp(state: AgentState, why: string = WRAP_UP): AgentState {
  return { ...saying(state, why), wrappingUp: true };
}

function tokens(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens;
}
