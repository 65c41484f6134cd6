import { askModel } from '../../../src/activities/calls/ask-model';
import { failure, failureType } from '../../../src/contract/fail';
import { inline } from '../../../src/contract/value';
import type { ModelResponse } from '../../../src/models/provider';
import { resolveValue } from '../../../src/threads/resolve-value';
import {
  attempt,
  calls,
  FINDINGS_SCHEMA,
  modelDeps,
  opening,
  replying,
  response,
  says,
  storeDefinition,
  temporaryStore,
} from './call-fixtures';

describe('askModel: the journal', () => {
  test('a repeated call returns the journaled reply and asks nobody', async () => {
    const store = temporaryStore();
    const provider = replying(says('Looks good.'));
    const input = opening(await storeDefinition(store));
    const first = await askModel(modelDeps(store, provider), input, attempt(1));
    const again = await askModel(modelDeps(store, provider), input, attempt(1, 'resumed-run/7'));
    expect(first.text).toEqual(inline('Looks good.'));
    expect(again).toEqual({ ...first, fromJournal: true });
    expect(provider.requests).toHaveLength(1);
  });

  test('a good reply is found by the next generation', async () => {
    const store = temporaryStore();
    const provider = replying(says('Looks good.'));
    const input = opening(await storeDefinition(store));
    await askModel(modelDeps(store, provider), input, attempt());
    const raised = { ...input, site: { ...input.site, generation: 1 } };
    expect((await askModel(modelDeps(store, provider), raised, attempt())).fromJournal).toBe(true);
  });

  test('a reply that ends its step is found by its own generation and asked anew by the next', async () => {
    const store = temporaryStore();
    const provider = replying(
      says('', { stop: 'refusal', stopDetail: 'cyber' }),
      says('On second thought: fine.'),
    );
    const input = opening(await storeDefinition(store));
    const refused = await askModel(modelDeps(store, provider), input, attempt());
    const repeated = await askModel(modelDeps(store, provider), input, attempt());
    const raised = { ...input, site: { ...input.site, generation: 1 } };
    const anew = await askModel(modelDeps(store, provider), raised, attempt());
    expect([refused.stop, repeated.stop, repeated.fromJournal]).toEqual(['refusal', 'refusal', true]);
    expect(anew.text).toEqual(inline('On second thought: fine.'));
    expect(provider.requests.map((request) => request.callKey)[0]).not.toBe(provider.requests[1]?.callKey);
  });

  test('a broken answer is asked anew by the next generation only where it was the last chance', async () => {
    const store = temporaryStore();
    const definition = await storeDefinition(store, { output: FINDINGS_SCHEMA });
    const provider = replying(says('no JSON'), says('still no JSON'), says('{"findings":[],"score":1}'));
    const early = opening(definition);
    const last = opening(definition, { lastChance: true, site: { ...early.site, path: 'root/other' } });
    const deps = modelDeps(store, provider);
    const raised = (input: typeof early) => ({ ...input, site: { ...input.site, generation: 1 } });
    await askModel(deps, early, attempt());
    await askModel(deps, last, attempt());
    expect((await askModel(deps, raised(early), attempt())).fromJournal).toBe(true);
    expect((await askModel(deps, raised(last), attempt())).output).toEqual(
      inline({ findings: [], score: 1 }),
    );
  });

  test('a frozen older attempt cannot report over a newer one', async () => {
    const store = temporaryStore();
    let thaw = (_: ModelResponse): void => {};
    const frozen = new Promise<ModelResponse>((resolve) => {
      thaw = resolve;
    });
    let arrived = (): void => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const provider = replying(
      () => {
        arrived();
        return frozen;
      },
      async () => {
        thaw(response(says('from the frozen attempt')));
        return response(says('from the new attempt'));
      },
    );
    const input = opening(await storeDefinition(store));
    const old = askModel(modelDeps(store, provider), input, attempt(1)).then(
      (result) => result.text,
      (error: unknown) => failureType(error),
    );
    await asked;
    const fresh = await askModel(modelDeps(store, provider), input, attempt(2));
    expect(fresh.text).toEqual(inline('from the new attempt'));
    // Refused, or handed the newer reply where that was recorded first: its own is never in the journal.
    expect(['StaleAttempt', inline('from the new attempt')]).toContainEqual(await old);
    const found = await askModel(modelDeps(store, provider), input, attempt(3));
    expect(found.text).toEqual(inline('from the new attempt'));
  });

  test('a failed call leaves nothing behind: the next attempt asks again', async () => {
    const store = temporaryStore();
    const provider = replying(async () => {
      throw failure('ModelOverloaded', 'busy');
    }, says('Back again.'));
    const input = opening(await storeDefinition(store));
    await expect(askModel(modelDeps(store, provider), input, attempt(1))).rejects.toThrow('busy');
    expect((await askModel(modelDeps(store, provider), input, attempt(2))).text).toEqual(
      inline('Back again.'),
    );
  });
});

describe('askModel: the request', () => {
  test('holds the definition, the transcript so far and the resolved new messages', async () => {
    const store = temporaryStore();
    const provider = replying(says('First.'), says('Second.'));
    const definition = await storeDefinition(store, { temperature: 0.2, output: FINDINGS_SCHEMA });
    const deps = modelDeps(store, provider, { structuredOutput: 'tool', maxOutputTokens: 400 });
    const first = await askModel(deps, opening(definition), attempt());
    const long = await store.content.put('x'.repeat(5000));
    await askModel(
      deps,
      opening(definition, {
        thread: first.thread,
        append: [{ role: 'user', content: [{ type: 'value', value: { ref: long, preview: 'x' } }] }],
        withoutTools: true,
      }),
      attempt(1, 'run/2'),
    );
    expect(provider.requests[1]).toMatchObject({
      system: 'Review it.',
      model: 'test-model',
      agent: 'reviewer',
      temperature: 0.2,
      maxOutputTokens: 400,
      output: { schema: FINDINGS_SCHEMA, mode: 'tool' },
      tools: [{ name: 'search' }],
      toolChoice: 'none',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Here is a change.' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'First.' }] },
        { role: 'user', content: [{ type: 'text', text: 'x'.repeat(5000) }] },
      ],
    });
  });

  test('is aborted with its attempt', async () => {
    const store = temporaryStore();
    const abort = new AbortController();
    const provider = replying(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          abort.abort(new Error('cancelled'));
        }),
    );
    const input = opening(await storeDefinition(store));
    await expect(
      askModel(modelDeps(store, provider), input, attempt(1, 'run/1', abort.signal)),
    ).rejects.toThrow('cancelled');
  });
});

describe('askModel: the reply', () => {
  test('tool calls are checked against the definition, every violation named', async () => {
    const store = temporaryStore();
    const provider = replying(
      calls(
        { name: 'search', args: { query: 'ok' } },
        { name: 'search', args: { query: 'x', limit: 1.5, depth: 2 } },
        { name: 'erase', args: {} },
      ),
    );
    const { toolCalls } = await askModel(
      modelDeps(store, provider),
      opening(await storeDefinition(store)),
      attempt(),
    );
    expect(toolCalls[0]).toEqual({ id: 'call-0', name: 'search', args: inline({ query: 'ok' }) });
    expect(toolCalls[1]?.problem).toMatch(/"depth"\n- \/limit must be integer\n- \/query .* 2 characters$/);
    expect(toolCalls[2]?.problem).toBe('There is no tool "erase" for you. Yours are: search.');
  });

  test('a cut reply loses its tool calls, in the result and in the transcript', async () => {
    const store = temporaryStore();
    const provider = replying({ ...calls({ name: 'search', args: { query: 'ha' } }), stop: 'maxTokens' });
    const result = await askModel(
      modelDeps(store, provider),
      opening(await storeDefinition(store)),
      attempt(),
    );
    expect(result).toMatchObject({ stop: 'maxTokens', toolCalls: [], text: inline('') });
    const transcript = await store.threads.read(result.thread);
    expect(transcript[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: '[The reply was cut before it said anything.]' }],
    });
  });

  test('a refused turn stays out of the transcript', async () => {
    const store = temporaryStore();
    const definition = await storeDefinition(store);
    const deps = modelDeps(store, replying(says('Yes?'), says('No.', { stop: 'refusal' })));
    const first = await askModel(deps, opening(definition), attempt());
    const refused = await askModel(deps, opening(definition, { thread: first.thread }), attempt(1, 'run/2'));
    expect(refused.thread).toBe(first.thread);
  });

  test.each([
    ['given by the provider', { output: { findings: ['a'], score: 0.5 } }],
    ['as bare text', says('{"findings":["a"],"score":0.5}')],
    ['in a fence among words', says('Here you are:\n```json\n{"findings":["a"],"score":0.5}\n```\nDone.')],
    ['among words', says('Sure! {"findings":["a"],"score":0.5} Hope that helps.')],
  ])('a structured answer is read: %s', async (_, reply) => {
    const store = temporaryStore();
    const definition = await storeDefinition(store, { output: FINDINGS_SCHEMA });
    const result = await askModel(modelDeps(store, replying(reply)), opening(definition), attempt());
    expect(result.output).toEqual(inline({ findings: ['a'], score: 0.5 }));
    expect(result.violations).toBeUndefined();
  });

  test('an answer that breaks its contract lists every violation with its place', async () => {
    const store = temporaryStore();
    const definition = await storeDefinition(store, { output: FINDINGS_SCHEMA });
    const provider = replying({ output: { findings: ['a', 3], score: 2, extra: true } });
    const result = await askModel(modelDeps(store, provider), opening(definition), attempt());
    expect(result.output).toBeUndefined();
    expect(result.violations).toEqual([
      'the whole value must NOT have additional properties: "extra"',
      '/findings/1 must be string',
      '/score must be <= 1',
    ]);
  });

  test('long text, arguments and answers travel by reference', async () => {
    const store = temporaryStore();
    const words = 'word '.repeat(1000);
    const definition = await storeDefinition(store);
    const provider = replying({
      content: [
        { type: 'text', text: words },
        { type: 'toolCall', id: '1', name: 'search', args: { query: words } },
      ],
      stop: 'toolUse',
    });
    const result = await askModel(modelDeps(store, provider), opening(definition), attempt());
    expect(JSON.stringify(result).length).toBeLessThan(2000);
    expect(await resolveValue(result.text, store.content)).toBe(words);
    expect(await resolveValue(result.toolCalls[0]?.args ?? inline(null), store.content)).toEqual({
      query: words,
    });
  });

  test('usage is priced, and an unknown price is not zero', async () => {
    const store = temporaryStore();
    const definition = await storeDefinition(store);
    const price = { input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000 };
    const priced = await askModel(
      modelDeps(store, replying(says('a')), { price }),
      opening(definition),
      attempt(),
    );
    const unpriced = await askModel(
      modelDeps(store, replying(says('a'))),
      opening(definition, { site: { lineage: 'other', path: 'root', generation: 0 } }),
      attempt(),
    );
    expect(priced.usage).toMatchObject({ calls: 1, microDollars: 105, unpricedCalls: 0 });
    expect(unpriced.usage).toMatchObject({ calls: 1, microDollars: 0, unpricedCalls: 1 });
  });

  test('a reply too large for history fails once, by name, before it is returned', async () => {
    const store = temporaryStore();
    const query = 'q'.repeat(1000);
    const provider = replying(
      calls(...Array.from({ length: 1100 }, () => ({ name: 'search', args: { query } }))),
    );
    const asked = askModel(modelDeps(store, provider), opening(await storeDefinition(store)), attempt());
    await expect(asked).rejects.toMatchObject({ type: 'ValueTooLarge', nonRetryable: true });
  });
});
