import type { ModelCallInput, ModelCallResult } from '../../contract/calls/model-call';
import type { ToolCallRequest } from '../../contract/calls/tool-call';
import type { Usage } from '../../contract/cost/usage';
import { STALL_TIMEOUT_MS } from '../../contract/limits';
import type { Message } from '../../contract/run/conversation';
import type { Hash } from '../../contract/value';
import type { ResolvedModel } from '../../models/models';
import { priceOf } from '../../models/price';
import type { ModelRequest, ModelResponse, TokenUsage } from '../../models/provider';
import { tokensAtMost } from '../../models/tokens-at-most';
import { keepValue, resolveMessage } from '../../threads/resolve-value';
import type { ActivityDeps } from '../activity-deps';
import type { LoadedDefinition } from '../agents/load-definition';
import { keepArgs } from '../values/keep-args';
import type { CallAccount } from './call-account';
import type { CallAttempt } from './call-attempt';
import { type CheckedReply, checkReply } from './check-reply';
import { type Fitted, fitRequest, withNote } from './fit-request';
import { mayBeCharged } from './may-be-charged';

export interface ModelCallDeps
  extends Pick<ActivityDeps, 'store' | 'models' | 'stallTimeoutMs' | 'traffic' | 'embedder'> {
  readonly loadDefinition: (hash: Hash) => Promise<LoadedDefinition>;
}

/** A call with everything read that a model is to be told. */
export interface ReadCall {
  readonly input: ModelCallInput;
  readonly definition: LoadedDefinition;
  readonly thread: readonly Message[];
  readonly append: readonly Message[];
}

/** Id of the model that the agent is asked by where all goes well. */
export function ownModel({ input: { tier }, definition: { model, byTier } }: ReadCall): string {
  return (tier === undefined ? undefined : byTier?.[tier]) ?? model;
}

export async function readCall(deps: ModelCallDeps, input: ModelCallInput): Promise<ReadCall> {
  const { content, threads } = deps.store;
  const [definition, thread, append] = await Promise.all([
    deps.loadDefinition(input.definition),
    threads.read(input.thread),
    Promise.all(input.append.map((draft) => resolveMessage(draft, content))),
  ]);
  return { input, definition, thread, append };
}

interface Ask {
  readonly model: ResolvedModel;
  readonly callKey: string;
  readonly attempt: CallAttempt;
  readonly account: CallAccount;
}

/**
 * Asks one model once and keeps its reply in the store. `callKey` is told to gateways that dedupe. Throws the
 * provider's failures, and the signal's reason when aborted.
 */
export async function askProvider(deps: ModelCallDeps, call: ReadCall, ask: Ask): Promise<ModelCallResult> {
  const { input, definition, thread, append } = call;
  const { model, callKey, attempt, account } = ask;
  const whole: ModelRequest = {
    model: model.vendorModel,
    system: definition.instructions,
    messages: [...thread, ...append],
    tools: definition.tools,
    ...(input.withoutTools === true ? { toolChoice: 'none' as const } : {}),
    maxOutputTokens: Math.min(definition.maxOutputTokens, model.maxOutputTokens),
    ...(definition.temperature === undefined ? {} : { temperature: definition.temperature }),
    ...(definition.output === undefined
      ? {}
      : { output: { schema: definition.output, mode: model.structuredOutput } }),
    stallTimeoutMs: model.stallTimeoutMs ?? deps.stallTimeoutMs ?? STALL_TIMEOUT_MS,
    callKey,
    agent: definition.agent,
  };
  const told = input.budgetNote === undefined ? whole : withNote(whole, input.budgetNote);
  await account.toSend();
  const { request, worst, bound } = await fitRequest(account.pool, told, { model, signal: attempt.signal });
  const response = await accounted(deps, ask, { request, worst });
  const usage = usageOf(response.usage, model);
  const reply = checkReply(definition, response);
  const kept = await keepReply(deps, call, { response, usage, reply });
  return { ...kept, threadBound: bound + Buffer.byteLength(JSON.stringify(response.content)) };
}

/** Asks, and keeps account of what it costs, or may have. */
async function accounted(
  deps: ModelCallDeps,
  ask: Ask,
  { request, worst }: Pick<Fitted, 'request' | 'worst'>,
): Promise<ModelResponse> {
  const { model, attempt, account } = ask;
  const sending = await account.sending(worst);
  let state: 'unsent' | 'sent' | 'begun' = 'unsent';
  try {
    const response = await throughTraffic(deps, ask, {
      request,
      onState: (reached) => {
        state = reached;
      },
    });
    account.replied(sending, usageOf(response.usage, model));
    return response;
  } catch (error) {
    const reached = state as 'unsent' | 'sent' | 'begun';
    const mayCost = reached === 'sent' && (attempt.signal.aborted || mayBeCharged(error));
    if (reached === 'begun' || mayCost) account.lost(sending);
    else await account.costNothing(sending);
    throw error;
  }
}

interface Sent {
  readonly request: ModelRequest;
  /** Told when the request goes out, and when the reply begins. */
  onState(reached: 'sent' | 'begun'): void;
}

/** Asks when the fleet's circuit and limits allow it. */
function throughTraffic(
  { traffic }: ModelCallDeps,
  { model, attempt: { signal, tenant } }: Ask,
  { request, onState }: Sent,
): Promise<ModelResponse> {
  const make = () => {
    onState('sent');
    return model.provider.call(request, { signal, began: () => onState('begun') });
  };
  if (traffic === undefined || model.pool === undefined) return make();
  const tokens = tokensAtMost(request);
  const tokensOf = ({ usage }: ModelResponse) => usage.inputTokens + usage.outputTokens;
  return traffic.call(model.pool, { tenant, tokens, signal }, { make, tokensOf });
}

interface Answered {
  readonly response: ModelResponse;
  readonly usage: Usage;
  readonly reply: CheckedReply;
}

/** Keeps a reply in the store, as what the call gives. */
export async function keepReply(
  deps: ModelCallDeps,
  { input, append }: Pick<ReadCall, 'input' | 'append'>,
  { response, usage, reply }: Answered,
): Promise<ModelCallResult> {
  const { content, threads } = deps.store;
  // A refused turn stays out of the transcript: it would make every later turn be refused too.
  const refused = response.stop === 'refusal';
  const turn: readonly Message[] = refused ? [] : [{ role: 'assistant', content: reply.content }];
  const [thread, text, output, toolCalls] = await Promise.all([
    refused && input.thread !== null ? input.thread : threads.append(input.thread, [...append, ...turn]),
    keepValue(reply.text, content),
    reply.output === undefined ? undefined : keepValue(reply.output, content),
    Promise.all(
      reply.toolCalls.map(
        async ({ part, problem }): Promise<ToolCallRequest> => ({
          id: part.id,
          name: part.name,
          args: await keepArgs(part, content),
          ...(problem === undefined ? {} : { problem }),
        }),
      ),
    ),
  ]);
  return {
    thread,
    text,
    ...(output === undefined ? {} : { output }),
    ...(reply.violations === undefined ? {} : { violations: reply.violations }),
    toolCalls,
    stop: response.stop,
    ...(response.stopDetail === undefined ? {} : { stopDetail: response.stopDetail }),
    model: response.model,
    usage,
    contextTokens: response.usage.inputTokens + response.usage.outputTokens,
  };
}

function usageOf(tokens: TokenUsage, model: ResolvedModel): Usage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = tokens;
  const price = priceOf(model, tokens);
  return {
    calls: 1,
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    ...(price === 'unpriced' ? { microDollars: 0, unpricedCalls: 1 } : { ...price, unpricedCalls: 0 }),
  };
}
