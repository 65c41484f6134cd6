import type { ModelCallResult } from '../contract/calls/model-call';
import { failure } from '../contract/fail';
import { MAX_CONTINUATIONS, MAX_NUDGES, MAX_PAUSES, MAX_REPAIRS } from '../contract/limits';
import type { AgentEnding, AgentOutcome, AgentState, AgentTask } from '../contract/run/agent-run';
import type { Value } from '../contract/value';
import { saying } from './agent-state';
import { mayRetry } from './compact';
import { isStalled } from './progress';
import { CONTINUE, NUDGE, REWRITE, repair, SHORTER } from './prompts';

/** What a reply leads to: the answer, another turn from a new state, tools to be run or the transcript to be summed up first. */
export type Verdict = { readonly answer: Value } | { readonly goOn: AgentState } | 'useTools' | 'compact';

interface Judged {
  readonly task: AgentTask;
  /** The state after the reply. */
  readonly state: AgentState;
  readonly reply: ModelCallResult;
}

/** Decides by the stop reason, each by its name. Throws where the agent cannot go on. */
export function judgeReply(judged: Judged): Verdict {
  const { task, state, reply } = judged;
  const agent = `Agent "${task.agent.name}"`;
  switch (reply.stop) {
    case 'end':
    case 'stopSequence':
    case 'toolUse':
      return reply.toolCalls.length > 0 ? toolTurn(judged) : answer(judged);
    case 'maxTokens':
      return truncated(judged);
    case 'pause':
      if (state.pauses >= MAX_PAUSES)
        throw failure('TurnLimitReached', `${agent} paused more than ${MAX_PAUSES} times.`);
      return { goOn: { ...state, pauses: state.pauses + 1 } };
    case 'malformed':
      if (state.repairs >= 1)
        throw failure('ModelOutputMalformed', `${agent} wrote an unreadable tool call twice.`);
      return { goOn: saying({ ...state, repairs: state.repairs + 1 }, REWRITE) };
    case 'refusal':
      throw failure(
        'ModelRefused',
        `${agent}: the model refused (${reply.stopDetail ?? 'no category given'}).`,
      );
    case 'contextExceeded':
      if (mayRetry(task, state)) return 'compact';
      throw noLongerFits(judged);
    case 'unknown':
      throw failure(
        'UnknownStopReason',
        `${agent}: ${reply.model} stopped for the unknown reason "${reply.stopDetail ?? ''}".`,
      );
  }
}

export function noLongerFits({ task, reply }: Pick<Judged, 'task' | 'reply'>): Error {
  return failure(
    'ContextWindowExceeded',
    `Agent "${task.agent.name}": the conversation no longer fits the window of ${reply.model}.`,
  );
}

function toolTurn({ task, state, reply }: Judged): Verdict {
  if (!mustAnswer(state)) return 'useTools';
  const asked = reply.toolCalls.map((call) => call.name).join(', ');
  if (!state.wrappingUp)
    throw failure(
      'OutputContractViolated',
      `Agent "${task.agent.name}" broke its output contract ${state.repairs} times, and called ${asked} where it was to correct its answer.`,
    );
  if (isStalled(task, state))
    throw failure(
      'NoProgress',
      `Agent "${task.agent.name}" gave no answer after ${task.maxIdleRounds} rounds in a row that brought nothing new (maxIdleRounds), and called ${asked} again.`,
    );
  const [type, why] =
    state.lacksTime === true
      ? (['StepTimedOut', ', with its time nearly over,'] as const)
      : (['TurnLimitReached', ''] as const);
  throw failure(type, `Agent "${task.agent.name}" was told to conclude${why} and still called ${asked}.`);
}

function answer({ task, state, reply }: Judged): Verdict {
  if (task.agent.hasOutputContract) {
    if (reply.output !== undefined) return { answer: reply.output };
    const violations = reply.violations ?? ['it holds no JSON'];
    if (state.repairs >= MAX_REPAIRS) {
      throw failure(
        'OutputContractViolated',
        `Agent "${task.agent.name}" broke its output contract ${state.repairs + 1} times. Last: ${violations.slice(0, 5).join('; ')}.`,
      );
    }
    return { goOn: saying({ ...state, repairs: state.repairs + 1 }, repair(violations)) };
  }
  if ('inline' in reply.text && reply.text.inline === '' && state.pieces.length === 0) {
    if (state.nudges >= MAX_NUDGES)
      throw failure('EmptyReply', `Agent "${task.agent.name}" answered with nothing, twice.`);
    return { goOn: saying({ ...state, nudges: state.nudges + 1 }, NUDGE) };
  }
  return { answer: state.pieces.length === 0 ? reply.text : { text: [...state.pieces, reply.text] } };
}

function truncated({ task, state, reply }: Judged): Verdict {
  const limit = task.agent.limits.maxOutputTokens;
  if (task.agent.onMaxTokens === 'fail' || state.continuations >= MAX_CONTINUATIONS) {
    throw failure(
      'ModelOutputTruncated',
      `Agent "${task.agent.name}": the reply was cut at ${limit} tokens (limits.maxOutputTokens), ${state.continuations + 1} times.`,
    );
  }
  const counted = { ...state, continuations: state.continuations + 1 };
  // Half a JSON document cannot be checked, and joining halves would hide where the model lost its place.
  if (task.agent.hasOutputContract) return { goOn: saying(counted, SHORTER) };
  return { goOn: saying({ ...counted, pieces: [...state.pieces, reply.text] }, CONTINUE) };
}

/** In the last turn, and at the last try at the right form: only without other tools can a model be held to one. */
export function mustAnswer(state: AgentState): boolean {
  return state.wrappingUp || state.repairs >= MAX_REPAIRS;
}

/** Will a reply that is broken, cut or empty now end the agent? */
export function isLastChance(task: AgentTask, state: AgentState): boolean {
  return (
    state.repairs >= MAX_REPAIRS ||
    state.nudges >= MAX_NUDGES ||
    state.continuations >= MAX_CONTINUATIONS ||
    task.agent.onMaxTokens === 'fail'
  );
}

export function outcome(state: AgentState, output: Value, ending?: AgentEnding): AgentOutcome {
  const { thread, turns, toolCalls, usage, repairs, passed, untrusted, refusedCalls, compactions } = state;
  if (thread === null) throw new TypeError('an answer without a transcript');
  return {
    output,
    thread,
    turns,
    toolCalls,
    usage,
    ...(repairs === 0 ? {} : { violations: repairs }),
    ...(passed === undefined ? {} : { passed }),
    ...(untrusted === undefined ? {} : { untrusted }),
    ...(refusedCalls === undefined ? {} : { refusedCalls }),
    ...(compactions === undefined ? {} : { compactions }),
    ...(ending === undefined ? {} : { ending }),
  };
}
