import type { ModelCallInput, ModelCallResult } from '../contract/model-call';
import { type Asked, askChain } from './ask-chain';
import type { ModelCallDeps } from './ask-provider';
import type { CallAttempt } from './call-attempt';
import { entryOf, foundReply, recordedReply } from './journaled-reply';
import { limitPayload } from './limit-payload';
import { endingOf, modelCallKeys } from './model-call-keys';
import { recordCall } from './record-call';

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
    await askChain(deps, asked),
    `The reply to step ${input.site.path} of run ${attempt.runId}`,
  );
  const call = { lease, keys: asked.keys, fails: endingOf(input, result) !== undefined };
  return recordedReply(await recordCall(journal, call, entryOf(result, attempt))).result;
}

async function findReply(
  deps: ModelCallDeps,
  { keys, attempt }: Asked,
): Promise<ModelCallResult | undefined> {
  const { journal } = deps.store;
  const found = (await journal.find(keys.serving)) ?? (await journal.find(keys.failing));
  return found === undefined ? undefined : foundReply(found, attempt);
}
