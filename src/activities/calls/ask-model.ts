import type { ModelCallInput, ModelCallResult } from '../../contract/calls/model-call';
import { limitPayload } from '../values/limit-payload';
import { type Asked, askChain } from './ask-chain';
import { type ModelCallDeps, readCall } from './ask-provider';
import { cachedReply, keepForOthers } from './cached-reply';
import { CallAccount } from './call-account';
import type { CallAttempt } from './call-attempt';
import { GrantPool, UseAccount } from './grant-pool';
import { entryOf, foundReply, recordedReply } from './journaled-reply';
import { endingOf, modelCallKeys } from './model-call-keys';
import { recordCall } from './record-call';

/**
 * Asks a model once for this call, whoever tries it how often: a journaled reply is returned with `fromJournal`.
 * A crash before the reply is journaled asks again; a crash after it does not. Throws the provider's failures,
 * NoModelConfigured, StaleAttempt, ValueTooLarge, and the signal's reason when aborted. Never uses more than the grant:
 * throws GrantTooSmall, TokenLimitReached or CostLimitReached before a request is sent that could.
 */
export async function askModel(
  deps: ModelCallDeps,
  input: ModelCallInput,
  attempt: CallAttempt,
): Promise<ModelCallResult> {
  const { journal } = deps.store;
  const keys = modelCallKeys(input);
  const use = attempt.use ?? new UseAccount(new GrantPool(input.grant));
  const known = await findReply(deps, { keys, attempt });
  if (known !== undefined) {
    use.found(known.usage);
    return known;
  }
  const lease = await journal.lease(keys.serving, attempt.holder);
  const account = new CallAccount(use, journal, lease);
  attempt.signal.throwIfAborted();
  const call = await readCall(deps, input);
  const cached = await cachedReply(deps, call);
  if (cached !== undefined) use.found(cached.usage);
  const reply = cached ?? (await askChain(deps, { call, attempt, keys, account }));
  const result = limitPayload(
    { ...reply, usage: account.withDoubt(reply.usage) },
    `The reply to step ${input.site.path} of run ${attempt.runId}`,
  );
  const record = { lease, keys, fails: endingOf(input, result) !== undefined };
  const recorded = recordedReply(await recordCall(journal, record, entryOf(result, attempt))).result;
  use.journal(recorded.usage);
  // Journaled first: until then a crash would pay for it once more.
  if (cached === undefined && !use.pool.isFinal)
    await keepForOthers(deps, call, { run: attempt.runId, result });
  return recorded;
}

async function findReply(
  deps: ModelCallDeps,
  { keys, attempt }: Pick<Asked, 'keys' | 'attempt'>,
): Promise<ModelCallResult | undefined> {
  const { journal } = deps.store;
  const found = (await journal.find(keys.serving)) ?? (await journal.find(keys.failing));
  return found === undefined ? undefined : foundReply(found, attempt);
}
