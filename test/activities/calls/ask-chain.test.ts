import { askModel } from '../../../src/activities/calls/ask-model';
import { failure, failureType } from '../../../src/contract/fail';
import type { FailureType } from '../../../src/contract/failure-types';
import { FALLBACK_AFTER_TRIES, FALLBACK_WAIT_MS } from '../../../src/contract/limits';
import type { ModelRequest } from '../../../src/models/provider';
import {
  attempt,
  modelDeps,
  opening,
  type Reply,
  replying,
  response,
  says,
  storeDefinition,
  temporaryStore,
} from './call-fixtures';

/** A chain of `first`, `second` and `third`, each with the replies that it gives in turn. */
async function chain(replies: Readonly<Record<string, readonly Reply[]>>) {
  const store = temporaryStore();
  const byModel = new Map(Object.entries(replies).map(([id, each]) => [id, replying(...each)]));
  const requests: ModelRequest[] = [];
  const deps = modelDeps(store, {
    name: 'by model',
    call: (request, context) => {
      requests.push(request);
      const provider = byModel.get(request.model);
      if (provider === undefined) throw new Error(`${request.model} was not expected to be asked`);
      return provider.call(request, context);
    },
  });
  const [model = '', ...fallbacks] = Object.keys(replies);
  const input = opening(await storeDefinition(store, { model, fallbacks }));
  return {
    ask: (number = 1) => askModel(deps, input, attempt(number)),
    asked: () => requests.map((request) => request.model),
    keys: () => requests.map((request) => request.callKey),
  };
}

const throwing =
  (type: FailureType, retryAfterMs?: number): Reply =>
  async () => {
    throw failure(type, 'as told', retryAfterMs === undefined ? {} : { retryAfterMs });
  };

describe('askModel: the chain of models', () => {
  test('a failure that another model may avoid asks the next at once, under another key', async () => {
    const { ask, asked, keys } = await chain({
      first: [throwing('ModelNotFound')],
      second: [says('Fine.')],
      third: [],
    });
    const reply = await ask();
    expect(reply.text).toEqual({ inline: 'Fine.' });
    expect(reply.passed).toEqual([{ model: 'first', type: 'ModelNotFound' }]);
    expect(asked()).toEqual(['first', 'second']);
    expect(new Set(keys()).size).toBe(2);
  });

  test('a failure that may pass is left to Temporal first, and goes on once it has lasted', async () => {
    const { ask, asked } = await chain({
      first: Array.from({ length: FALLBACK_AFTER_TRIES }, () => throwing('ModelOverloaded')),
      second: [says('Fine.')],
    });
    for (let number = 1; number < FALLBACK_AFTER_TRIES; number += 1)
      await expect(ask(number)).rejects.toMatchObject({ type: 'ModelOverloaded' });
    expect(asked()).not.toContain('second');
    expect((await ask(FALLBACK_AFTER_TRIES)).passed).toEqual([{ model: 'first', type: 'ModelOverloaded' }]);
  });

  test('a provider that asks for a long wait is not waited for', async () => {
    const { ask } = await chain({
      first: [throwing('ModelRateLimited', FALLBACK_WAIT_MS + 1)],
      second: [says('Fine.')],
    });
    expect((await ask()).passed).toEqual([{ model: 'first', type: 'ModelRateLimited' }]);
  });

  test('a failure that is no other model’s affair ends the call', async () => {
    const { ask, asked } = await chain({ first: [throwing('ModelBadRequest')], second: [] });
    await expect(ask()).rejects.toMatchObject({ type: 'ModelBadRequest' });
    expect(asked()).toEqual(['first']);
  });

  test('a refusal goes on, is paid for, and is not asked again when the next model has to be waited for', async () => {
    const { ask, asked } = await chain({
      first: [says('', { stop: 'refusal', stopDetail: 'cyber' })],
      second: [throwing('ModelOverloaded'), says('Fine.')],
    });
    await expect(ask(1)).rejects.toMatchObject({ type: 'ModelOverloaded' });
    const reply = await ask(2);
    expect(asked()).toEqual(['first', 'second', 'second']);
    expect(reply.passed).toEqual([{ model: 'first', type: 'ModelRefused' }]);
    expect(reply.usage).toMatchObject({ calls: 2, inputTokens: 20, outputTokens: 10 });
  });

  test('where all refuse, the first refusal is the reply and all are paid for', async () => {
    const refuses = (stopDetail: string) => [says('', { stop: 'refusal', stopDetail })];
    const { ask } = await chain({ first: refuses('cyber'), second: refuses('bio') });
    expect(await ask()).toMatchObject({ stop: 'refusal', stopDetail: 'cyber', usage: { calls: 2 } });
  });

  test('where all fail, the failure that may pass soonest is the one that Temporal retries', async () => {
    const { ask } = await chain({
      first: [throwing('ModelRateLimited', FALLBACK_WAIT_MS * 2)],
      second: [throwing('ModelNotFound')],
      third: [throwing('ModelRateLimited', FALLBACK_WAIT_MS + 1)],
    });
    await expect(ask()).rejects.toMatchObject({ nextRetryDelay: FALLBACK_WAIT_MS + 1, nonRetryable: false });
  });

  test('a cancellation asks nobody else', async () => {
    const store = temporaryStore();
    const stop = new AbortController();
    const provider = replying(async () => {
      stop.abort(new Error('cancelled'));
      throw failure('ModelNotFound', 'too late');
    }, response({}));
    const input = opening(await storeDefinition(store, { model: 'first', fallbacks: ['second'] }));
    const asking = askModel(modelDeps(store, provider), input, attempt(1, 'run/1', stop.signal));
    await expect(asking.catch(failureType)).resolves.toBe('ModelNotFound');
    expect(provider.requests).toHaveLength(1);
  });
});
