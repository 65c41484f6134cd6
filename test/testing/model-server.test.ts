import Anthropic from '@anthropic-ai/sdk';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import { output, text, toolCall } from '../../src/models/scripted-reply';
import { type CallRecord, repeatedCalls } from '../../src/testing/call-record';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../../src/testing/model-server';

const open: ModelServer[] = [];

async function serve(options: ModelServerOptions): Promise<{ server: ModelServer; client: Anthropic }> {
  const server = await startModelServer(options);
  open.push(server);
  return { server, client: new Anthropic({ baseURL: server.url, apiKey: 'any', maxRetries: 0 }) };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

function ask(content: string): Anthropic.MessageCreateParamsNonStreaming {
  return { model: 'm', max_tokens: 10, messages: [{ role: 'user', content }] };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('model server', () => {
  test('a reply: is the same streamed and at once', async () => {
    const { client } = await serve({ reply: ({ messages }) => text(`${messages.length} in`) });
    const plain = await client.messages.create(ask('hello'));
    const streamed = await client.messages.stream(ask('hello')).finalMessage();
    expect(plain.content).toEqual([{ type: 'text', text: '1 in' }]);
    expect(streamed.content).toEqual(plain.content);
    expect(streamed.usage).toEqual(plain.usage);
    expect(streamed.stop_reason).toBe('end_turn');
  });

  test('a tool call: arrives with its arguments and its stop reason', async () => {
    const { client } = await serve({ reply: () => toolCall('find', { name: 'a "quoted" word' }) });
    const reply = await client.messages.stream(ask('hello')).finalMessage();
    expect(reply.stop_reason).toBe('tool_use');
    expect(reply.content).toMatchObject([
      { type: 'tool_use', name: 'find', input: { name: 'a "quoted" word' } },
    ]);
  });

  test.each(['native', 'tool', 'prompt'] as const)(
    'a structured answer: comes in the way that the request offers, %s',
    async (mode) => {
      const { server } = await serve({ reply: () => output({ verdict: 'good' }) });
      const schema = { type: 'object', properties: { verdict: { type: 'string' } } };
      const reply = await anthropicProvider({ apiKey: 'any', baseURL: server.url }).call(
        {
          model: 'm',
          system: 's',
          messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
          tools: [],
          maxOutputTokens: 8,
          output: { schema, mode },
          stallTimeoutMs: 5000,
          callKey: 'k',
          agent: 'a',
        },
        { signal: new AbortController().signal },
      );
      expect(reply).toMatchObject({ stop: 'end', output: { verdict: 'good' } });
    },
  );

  test('usage: cached tokens are inside ours and beside theirs', async () => {
    const usage = { inputTokens: 100, cacheReadTokens: 60, cacheWriteTokens: 30, outputTokens: 7 };
    const { client } = await serve({ reply: () => ({ text: 'x', usage }) });
    const reply = await client.messages.create(ask('hello'));
    expect(reply.usage).toMatchObject({
      input_tokens: 10,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 30,
      output_tokens: 7,
    });
  });

  test('an error: comes in the vendor envelope with its headers, and counts as failed', async () => {
    const { server, client } = await serve({
      reply: () => ({
        error: { status: 429, type: 'rate_limit_error', message: 'slow', headers: { 'retry-after': '3' } },
      }),
    });
    const error = await client.messages.create(ask('hello')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect((error as InstanceType<typeof Anthropic.RateLimitError>).headers?.get('retry-after')).toBe('3');
    expect(server.calls()).toMatchObject([{ outcome: 'failed' }]);
  });

  test('a reply function that throws: answers 500 and the log says why', async () => {
    const { server, client } = await serve({
      reply: () => {
        throw new Error('not in the script');
      },
    });
    await expect(client.messages.create(ask('hello'))).rejects.toThrow('not in the script');
    expect(server.calls()).toMatchObject([{ outcome: 'failed', error: 'not in the script' }]);
  });

  test('log: a call that the client gives up is told from one that finished', async () => {
    const { server, client } = await serve({
      reply: () => text('done'),
      latencyMs: ({ index }) => (index === 0 ? 60_000 : 0),
    });
    const hangUp = new AbortController();
    const slow = client.messages.create(ask('slow'), { signal: hangUp.signal });
    await until(() => server.calls().length === 1);
    hangUp.abort();
    await expect(slow).rejects.toThrow();
    await client.messages.create(ask('fast'), { headers: { 'idempotency-key': 'k1' } });
    await until(() => server.calls().every((call) => call.outcome !== 'running'));
    const [first, second] = server.calls();
    expect(first).toMatchObject({ outcome: 'closed-by-client', callKey: undefined });
    expect(second).toMatchObject({ outcome: 'finished', callKey: 'k1' });
    expect(first?.bodyDigest).not.toBe(second?.bodyDigest);
  });

  test('latency: calls side by side wait side by side', async () => {
    const { server, client } = await serve({ reply: () => text('x'), latencyMs: 200 });
    await Promise.all(Array.from({ length: 10 }, () => client.messages.create(ask('hello'))));
    const calls = server.calls();
    const ends = calls.map((call) => call.finishedAt ?? 0);
    for (const call of calls) expect((call.finishedAt ?? 0) - call.startedAt).toBeGreaterThanOrEqual(199);
    expect(Math.max(...calls.map((call) => call.startedAt))).toBeLessThan(Math.min(...ends));
  });

  test('token counts: are answered and are no calls', async () => {
    const { server, client } = await serve({ reply: () => text('x') });
    const { input_tokens } = await client.messages.countTokens({
      model: 'm',
      messages: [{ role: 'user', content: 'hello' }],
    });
    expect(input_tokens).toBeGreaterThan(5);
    expect(server.calls()).toEqual([]);
  });
});

describe('repeated calls', () => {
  const call = (callKey: string, startedAt: number, finishedAt?: number): CallRecord => ({
    callKey,
    bodyDigest: 'd',
    model: 'm',
    startedAt,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    outcome: finishedAt === undefined ? 'closed-by-client' : 'finished',
  });

  test('one begun after the same was answered: is a repeat', () => {
    const again = call('a', 5, 6);
    expect(repeatedCalls([call('a', 1, 2), call('b', 1, 2), again])).toEqual([again]);
  });

  test('one begun again after a cut, or before the first was answered: is none', () => {
    expect(repeatedCalls([call('a', 1), call('a', 3, 6), call('a', 4, 7)])).toEqual([]);
  });
});
