import { createHash } from 'node:crypto';
import { failure } from '../contract/fail';
import type { Part } from '../contract/run/conversation';
import type { ModelProvider, ModelRequest, ModelResponse, ProviderContext, TokenUsage } from './provider';
import { estimateTokens, type ScriptedReply, stopOf } from './scripted-reply';

export type ReplyFunction = (
  request: ModelRequest,
  context: ProviderContext,
) => ScriptedReply | Error | Promise<ScriptedReply | Error>;

/** One reply, a failure to be thrown, or a function that decides when it is asked. */
export type ScriptedTurn = ScriptedReply | Error | ReplyFunction;

/** The replies in the order of the calls, or one function for all calls. */
export type Script = readonly ScriptedTurn[] | ReplyFunction;

export interface ScriptedProvider extends ModelProvider {
  /** What it was asked, in order: frozen copies. */
  readonly requests: readonly ModelRequest[];
  /** Throws where replies of an array are left over, naming whose and how many. */
  assertComplete(): void;
}

/**
 * A model that says what it is told to. Agents that run side by side need a script each, by name, since their calls
 * come in no certain order. A call beyond the script throws ScriptExhausted, which is never retried. State lies in
 * this process only: a second worker starts the script anew, so tests that kill workers use the model server.
 */
export function scripted(script: Script | Readonly<Record<string, Script>>): ScriptedProvider {
  const requests: ModelRequest[] = [];
  const used = new Map<string, number>();
  const scriptOf = (agent: string): Script | undefined => (isScript(script) ? script : script[agent]);
  const next = (request: ModelRequest): ScriptedTurn => {
    const own = scriptOf(request.agent);
    if (own === undefined) throw exhausted(request, requests.length, 'has no script');
    if (typeof own === 'function') return own;
    const counter = isScript(script) ? '' : request.agent;
    const at = used.get(counter) ?? 0;
    used.set(counter, at + 1);
    const turn = own[at];
    if (turn === undefined)
      throw exhausted(request, requests.length, `comes after the last of ${own.length} replies`);
    return turn;
  };
  return {
    name: 'scripted',
    requests,
    call: async (request, context) => {
      context.signal.throwIfAborted();
      requests.push(frozen(structuredClone(request)));
      const turn = next(request);
      const reply = await untilAborted(context, typeof turn === 'function' ? turn(request, context) : turn);
      if (reply instanceof Error) throw reply;
      return toResponse(reply, request);
    },
    assertComplete: () => {
      const arrays = isScript(script) ? [['', script] as const] : Object.entries(script);
      const left = arrays.flatMap(([agent, own]) => {
        const unused = typeof own === 'function' ? 0 : own.length - (used.get(agent) ?? 0);
        return unused > 0 ? [`${unused} of ${own.length}${agent === '' ? '' : ` for "${agent}"`}`] : [];
      });
      if (left.length > 0) throw new Error(`Scripted replies were not asked for: ${left.join(', ')}.`);
    },
  };
}

function isScript(script: Script | Readonly<Record<string, Script>>): script is Script {
  return typeof script === 'function' || Array.isArray(script);
}

function exhausted(request: ModelRequest, count: number, why: string): Error {
  return failure(
    'ScriptExhausted',
    `Unexpected model call ${count} by agent "${request.agent}" (${request.messages.length} messages, key ${request.callKey}): it ${why}.`,
    { details: [{ agent: request.agent, call: count, callKey: request.callKey }] },
  );
}

/** A reply that is still being made must not hold up a cancelled call. */
async function untilAborted<T>({ signal }: ProviderContext, reply: T | Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([reply, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function toResponse(reply: ScriptedReply, request: ModelRequest): ModelResponse {
  const content = contentOf(reply, request.callKey);
  return {
    content,
    stop: stopOf(reply),
    ...(reply.stopDetail === undefined ? {} : { stopDetail: reply.stopDetail }),
    usage: usageOf(reply, request, content),
    model: request.model,
    ...(reply.output === undefined ? {} : { output: reply.output }),
  };
}

function contentOf(reply: ScriptedReply, callKey: string): Part[] {
  // Ids from the call's key: the same in every attempt, and never twice in one transcript.
  const name = createHash('sha256').update(callKey).digest('hex').slice(0, 12);
  const text = [reply.text, reply.output === undefined ? undefined : JSON.stringify(reply.output)];
  return [
    ...text.flatMap((words): Part[] =>
      words === undefined || words === '' ? [] : [{ type: 'text', text: words }],
    ),
    ...(reply.toolCalls ?? []).map(
      (call, index): Part => ({
        type: 'toolCall',
        id: call.id ?? `call_${name}_${index}`,
        name: call.name,
        args: call.args,
      }),
    ),
  ];
}

function usageOf(reply: ScriptedReply, request: ModelRequest, content: readonly Part[]): TokenUsage {
  return {
    inputTokens: estimateTokens(request.system.length + JSON.stringify(request.messages).length),
    outputTokens: estimateTokens(JSON.stringify(content).length),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    ...reply.usage,
  };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
