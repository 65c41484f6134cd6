import type { ModelCallResult, PassedModel } from '../../contract/calls/model-call';
import { addUsage, NO_USAGE } from '../../contract/cost/usage';
import { failureType, waitOf } from '../../contract/fail';
import { alternativeTo, FAILURES, type FailureType, isFailureType } from '../../contract/failure-types';
import { FALLBACK_AFTER_TRIES, FALLBACK_WAIT_MS } from '../../contract/limits';
import { askProvider, type ModelCallDeps, ownModel, type ReadCall } from './ask-provider';
import type { CallAccount } from './call-account';
import type { CallAttempt } from './call-attempt';
import { type CallKeys, modelKey } from './call-keys';
import { entryOf, foundReply } from './journaled-reply';
import { endingOf } from './model-call-keys';

export interface Asked {
  readonly call: ReadCall;
  readonly attempt: CallAttempt;
  readonly keys: CallKeys;
  readonly account: CallAccount;
}

/**
 * Asks the models of the agent's chain in order, until one gives a reply that does not end its step in a failure that
 * another may avoid. Each try begins with the first model again: whether that one is left alone is its circuit's affair.
 * A passed model's reply is journaled, so that a crash or a retry does not pay for it twice.
 *
 * Where all fail it throws a failure that may pass, if there is one (the one with the shortest wait), else gives the
 * first reply, else throws the first failure.
 */
export async function askChain(deps: ModelCallDeps, asked: Asked): Promise<ModelCallResult> {
  const { call } = asked;
  const chain = chainOf(call);
  const passed: PassedModel[] = [];
  const failures: unknown[] = [];
  let usage = NO_USAGE;
  let ended: ModelCallResult | undefined;
  for (const [index, id] of chain.entries()) {
    try {
      const reply = await replyOf(deps, asked, { call, id, only: chain.length === 1 });
      usage = addUsage(usage, reply.usage);
      const type = endingOf(call.input, reply);
      if (type === undefined || alternativeTo(type) !== 'model')
        return { ...reply, usage, ...naming(passed) };
      if (index < chain.length - 1) await keepPassed(deps, asked, { id, reply });
      ended ??= { ...reply, ...naming(passed) };
      passed.push({ model: id, type });
    } catch (error) {
      const type = passedFor(error, asked.attempt);
      if (type === undefined) throw error;
      failures.push(error);
      passed.push({ model: id, type });
    }
  }
  const mayPass = failures.filter(isRetryable).sort((left, right) => waitOf(left) - waitOf(right));
  if (mayPass.length > 0) throw mayPass[0];
  if (ended === undefined) throw failures[0];
  return { ...ended, usage };
}

/** Each model once, in the order in which they are asked. */
function chainOf(call: ReadCall): readonly string[] {
  const { economy, fallbacks = [] } = call.definition;
  const cheap = call.input.cheaply === true && economy !== undefined ? [economy] : [];
  return [...new Set([...cheap, ownModel(call), ...fallbacks])];
}

function naming(passed: readonly PassedModel[]): Pick<ModelCallResult, 'passed'> {
  return passed.length === 0 ? {} : { passed: [...passed] };
}

interface ChainedCall {
  readonly call: ReadCall;
  readonly id: string;
  readonly only: boolean;
}

async function replyOf(
  deps: ModelCallDeps,
  { attempt, keys, account }: Asked,
  { call, id, only }: ChainedCall,
): Promise<ModelCallResult> {
  attempt.signal.throwIfAborted();
  const found = only ? undefined : await deps.store.journal.find(modelKey(keys, id));
  if (found !== undefined) return account.found(foundReply(found, attempt));
  // With the generation, so that a gateway that dedupes does not answer a retried step with its bad reply; and with the
  // model where there are several, so that it does not answer with another's.
  const callKey = only ? keys.failing : modelKey(keys, id);
  return askProvider(deps, call, { model: deps.models.resolve(id), callKey, attempt, account });
}

async function keepPassed(
  { store: { journal } }: ModelCallDeps,
  { attempt, keys }: Asked,
  { id, reply }: { readonly id: string; readonly reply: ModelCallResult },
): Promise<void> {
  if (reply.fromJournal === true) return;
  const lease = await journal.lease(modelKey(keys, id), attempt.holder);
  await journal.record(lease, entryOf(reply, attempt));
}

/** The type of a failure that lets the next model be asked now; undefined where it does not. */
function passedFor(error: unknown, { holder, signal }: CallAttempt): FailureType | undefined {
  const type = failureType(error);
  if (signal.aborted || !isFailureType(type)) return undefined;
  const alternative = alternativeTo(type);
  const inTime = holder.attempt >= FALLBACK_AFTER_TRIES || waitOf(error) > FALLBACK_WAIT_MS;
  return alternative === 'model' || (alternative === 'modelInTime' && inTime) ? type : undefined;
}

function isRetryable(error: unknown): boolean {
  const type = failureType(error);
  return isFailureType(type) && FAILURES[type].retryable;
}
