import type { Message } from '../contract/conversation';
import type { Json } from '../contract/json';
import { STALL_TIMEOUT_MS } from '../contract/limits';
import type { ModelCallInput, ModelCallResult } from '../contract/model-call';
import type { ToolCallRequest } from '../contract/tool-call';
import { NO_USAGE, type Usage } from '../contract/usage';
import type { Hash } from '../contract/value';
import type { ResolvedModel } from '../models/models';
import { priceOf } from '../models/price';
import type { ModelRequest, ModelResponse, TokenUsage } from '../models/provider';
import { keepValue, resolveMessage } from '../threads/resolve-value';
import type { ActivityDeps } from './activity-deps';
import type { CallAttempt } from './call-attempt';
import type { CallKeys } from './call-keys';
import { type CheckedReply, checkReply } from './check-reply';
import { limitPayload } from './limit-payload';
import type { LoadedDefinition } from './load-definition';
import { endsStep, modelCallKeys } from './model-call-keys';
import { recordCall } from './record-call';

export interface ModelCallDeps extends Pick<ActivityDeps, 'store' | 'models' | 'stallTimeoutMs'> {
  readonly loadDefinition: (hash: Hash) => Promise<LoadedDefinition>;
}

interface Asked {
  readonly input: ModelCallInput;
  readonly attempt: CallAttempt;
  readonly keys: CallKeys;
}

/**
 * Asks a model once for this call, whoever tries it how often: a journaled reply is returned with `fromJournal`.
 * A crash before the reply is journaled asks again; a crash after it does not. Throws the provider's failures,
 * NoModelConfigured, StaleAttempt, ValueTooLarge, and the signal's reason when aborted.
 */
export async function askModel(
  deps: ModelCallDeps,
  input: ModelCallInput,
  attempt: CallAttempt,
): Promise<ModelCallResult> {
  const { journal } = deps.store;
  const asked = { input, attempt, keys: modelCallKeys(input) };
  const known = await findReply(deps, asked);
  if (known !== undefined) return known;
  const lease = await journal.lease(asked.keys.serving, attempt.holder);

  const result = limitPayload(
    await callProvider(deps, asked),
    `The reply to step ${input.site.path} of run ${attempt.runId}`,
  );
  const call = { lease, keys: asked.keys, fails: endsStep(input, result) };
  const entry: JournaledReply = { result, paidBy: attempt.runId };
  return recorded(await recordCall(journal, call, entry as unknown as Json)).result;
}

async function findReply(
  deps: ModelCallDeps,
  { keys, attempt }: Asked,
): Promise<ModelCallResult | undefined> {
  const { journal } = deps.store;
  const found = (await journal.find(keys.serving)) ?? (await journal.find(keys.failing));
  if (found === undefined) return undefined;
  const { result, paidBy } = recorded(found);
  // A lost report is still this run's own bill; what another run of the lineage paid for is not.
  const usage = paidBy === attempt.runId ? result.usage : NO_USAGE;
  return { ...result, usage, fromJournal: true };
}

interface JournaledReply {
  readonly result: ModelCallResult;
  /** The run whose ledger has it. */
  readonly paidBy: string;
}

function recorded(entry: Json): JournaledReply {
  return entry as unknown as JournaledReply;
}

async function callProvider(deps: ModelCallDeps, { input, attempt, keys }: Asked): Promise<ModelCallResult> {
  const { content, threads } = deps.store;
  const [definition, thread, append] = await Promise.all([
    deps.loadDefinition(input.definition),
    threads.read(input.thread),
    Promise.all(input.append.map((draft) => resolveMessage(draft, content))),
  ]);
  const model = deps.models.resolve(definition.model);
  const request: ModelRequest = {
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
    // With the generation, so that a gateway that dedupes does not answer a retried step with its bad reply.
    callKey: keys.failing,
    agent: definition.agent,
  };
  const response = await model.provider.call(request, { signal: attempt.signal });
  return keepReply(deps, input, { append, response, model, reply: checkReply(definition, response) });
}

interface Answered {
  readonly append: readonly Message[];
  readonly response: ModelResponse;
  readonly model: ResolvedModel;
  readonly reply: CheckedReply;
}

async function keepReply(
  deps: ModelCallDeps,
  input: ModelCallInput,
  { append, response, model, reply }: Answered,
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
          args: await keepValue(part.args, content),
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
    usage: usageOf(response.usage, model),
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
