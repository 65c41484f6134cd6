import type { ModelCallResult, StopReason } from '../../contract/calls/model-call';
import { NO_USAGE } from '../../contract/cost/usage';
import { hashOf } from '../../contract/hash';
import type { Json } from '../../contract/json';
import type { Part } from '../../contract/run/conversation';
import { resolveValue } from '../../threads/resolve-value';
import type { ReplyShelf } from '../../threads/store';
import { keepReply, type ModelCallDeps, ownModel, type ReadCall } from './ask-provider';
import { checkReply } from './check-reply';
import { endingOf } from './model-call-keys';

/** A reply as other calls get it: what was said, and nothing of the run that said it. */
interface CachedReply {
  readonly content: readonly Part[];
  readonly output?: Json;
  readonly stop: StopReason;
  readonly model: string;
  readonly contextTokens: number;
  readonly threadBound: number;
  /** Where likeness is asked for: of the task that it answers. */
  readonly vector?: readonly number[];
}

/**
 * The reply that another call of the tenant has had to the same question, kept in the store as this call's own; undefined
 * where there is none or the agent has no cache. Nothing is reserved and nothing counted but the hit.
 */
export async function cachedReply(deps: ModelCallDeps, call: ReadCall): Promise<ModelCallResult | undefined> {
  const found = (await sameCall(deps, call)) ?? (await likeTask(deps, call));
  if (found === undefined) return undefined;
  const { content, output, stop, model, contextTokens, threadBound } = found;
  const response = {
    content,
    stop,
    model,
    ...(output === undefined ? {} : { output }),
    usage: { inputTokens: contextTokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
  };
  const reply = checkReply(call.definition, response);
  const kept = await keepReply(deps, call, { response, usage: { ...NO_USAGE, cached: 1 }, reply });
  const more = Buffer.byteLength(JSON.stringify(call.append));
  return { ...kept, threadBound: threadBound + more, fromCache: true };
}

/** Keeps a reply for other calls, where the agent's cache asks for it and the reply is fit to serve again. */
export async function keepForOthers(
  deps: ModelCallDeps,
  call: ReadCall,
  { run, result }: { readonly run: string; readonly result: ModelCallResult },
): Promise<void> {
  const shelf = shelfOf(deps, call);
  if (shelf === undefined || !mayServe(call, result)) return;
  const { content, threads, replies } = deps.store;
  const said = (await threads.read(result.thread)).at(-1);
  if (said?.role !== 'assistant') return;
  const vector = await vectorOf(deps, call);
  const reply: CachedReply = {
    content: said.content,
    ...(result.output === undefined ? {} : { output: await resolveValue(result.output, content) }),
    stop: result.stop,
    model: result.model,
    contextTokens: result.contextTokens ?? 0,
    threadBound: result.threadBound ?? 0,
    ...(vector === undefined ? {} : { vector: [...vector] }),
  };
  const kept = { run, reply: reply as unknown as Json };
  await replies.keep(shelf, kept);
  if (vector !== undefined) await replies.keep(likeShelf(deps, call, shelf), kept);
}

/**
 * Only the agent's own model at its best: no reply of a fallback, of the cheaper model or one that was cut short by a
 * budget, and none that goes back to the model to be mended.
 */
function mayServe({ input }: ReadCall, result: ModelCallResult): boolean {
  const isWhole = result.stop === 'end' || result.stop === 'toolUse' || result.stop === 'stopSequence';
  const isSound =
    result.violations === undefined &&
    result.toolCalls.every(({ problem }) => problem === undefined) &&
    endingOf({ ...input, lastChance: true }, result) === undefined;
  const isOwn = result.passed === undefined && input.cheaply !== true && input.budgetNote === undefined;
  return isWhole && isSound && isOwn;
}

async function sameCall(deps: ModelCallDeps, call: ReadCall): Promise<CachedReply | undefined> {
  const shelf = shelfOf(deps, call);
  if (shelf === undefined) return undefined;
  const [latest] = await deps.store.replies.find(shelf);
  return latest as unknown as CachedReply | undefined;
}

async function likeTask(deps: ModelCallDeps, call: ReadCall): Promise<CachedReply | undefined> {
  const shelf = shelfOf(deps, call);
  const vector = await vectorOf(deps, call);
  const least = call.definition.cache?.likeness;
  if (shelf === undefined || vector === undefined || least === undefined) return undefined;
  const kept = (await deps.store.replies.find(likeShelf(deps, call, shelf))) as unknown as CachedReply[];
  const likest = kept
    .map((reply) => ({ reply, likeness: likeness(vector, reply.vector ?? []) }))
    .sort((one, other) => other.likeness - one.likeness)[0];
  return likest !== undefined && likest.likeness >= least ? likest.reply : undefined;
}

/** All that makes one call the same as another; undefined where the agent has no cache. */
function shelfOf({ models }: ModelCallDeps, call: ReadCall): ReplyShelf | undefined {
  const { cache } = call.definition;
  if (cache === undefined) return undefined;
  const { definition, thread, append, withoutTools = false, site } = call.input;
  const { vendorModel } = models.resolve(ownModel(call));
  const tenant = site.tenant ?? null;
  const name = hashOf({ tenant, vendorModel, definition, thread, append, withoutTools });
  return { name, ttlMs: cache.ttlMs };
}

/** Tasks of one agent, of one tenant. */
function likeShelf({ models, embedder }: ModelCallDeps, call: ReadCall, { ttlMs }: ReplyShelf): ReplyShelf {
  const { vendorModel } = models.resolve(ownModel(call));
  const { definition, site } = call.input;
  const tenant = site.tenant ?? null;
  return { name: hashOf({ tenant, vendorModel, definition, like: embedder?.name ?? null }), ttlMs };
}

/**
 * Of the task, where likeness may decide. Not where the agent has tools: a call with another task's arguments would act on
 * the wrong thing. Not where an outsider may have had a word in it, nor where the embedder does not read all of it.
 */
async function vectorOf({ embedder }: ModelCallDeps, call: ReadCall): Promise<Float32Array | undefined> {
  const { definition, input, append } = call;
  if (embedder === undefined || definition.cache?.likeness === undefined) return undefined;
  if (input.thread !== null || input.untrusted === true || definition.tools.length > 0) return undefined;
  const text = append
    .flatMap(({ content }) => content)
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('\n');
  if (text.length > (embedder.maxChars ?? Number.POSITIVE_INFINITY)) return undefined;
  return (await embedder.embed([text]))[0];
}

/** The cosine of the angle between two vectors. */
function likeness(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [dot, left, right] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one[at] ?? 0, other[at] ?? 0];
    dot += a * b;
    left += a * a;
    right += b * b;
  }
  return left === 0 || right === 0 ? 0 : dot / Math.sqrt(left * right);
}
