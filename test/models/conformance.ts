import { ApplicationFailure } from '@temporalio/common';
import type { Message } from '../../src/contract/conversation';
import type { JsonObject } from '../../src/contract/json';
import type { ModelProvider, ModelRequest, ModelResponse } from '../../src/models/provider';
import type { Reply, Vendor } from './vendor';
import { type Scene, startWire, type Wire } from './wire';

const SCHEMA: JsonObject = {
  type: 'object',
  properties: { verdict: { type: 'string' } },
  required: ['verdict'],
  additionalProperties: false,
};

const FIND = { name: 'find', description: 'Finds.', inputSchema: { type: 'object', properties: {} } };

const ASK: ModelRequest = {
  model: 'model-1',
  system: 'You are terse.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  maxOutputTokens: 64,
  stallTimeoutMs: 5000,
  callKey: 'run/root:ä/1',
  agent: 'tester',
};

/** One list of facts, held against every vendor's adapter through the vendor's own wire. */
export function conformance(vendor: Vendor): void {
  let wire: Wire;
  let provider: ModelProvider;
  const { words } = vendor;

  beforeEach(async () => {
    wire = await startWire();
    provider = vendor.provider(wire.url);
  });
  afterEach(() => wire.close());

  const ask = (scene: Scene, changes: Partial<ModelRequest> = {}): Promise<ModelResponse> => {
    wire.play(scene);
    return provider.call({ ...ASK, ...changes }, { signal: new AbortController().signal });
  };
  const say = (reply: Reply, changes: Partial<ModelRequest> = {}): Promise<ModelResponse> =>
    ask(vendor.reply(reply), changes);
  const failureOf = async (
    scene: Scene,
    changes: Partial<ModelRequest> = {},
  ): Promise<ApplicationFailure> => {
    const error = await ask(scene, changes).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApplicationFailure);
    return error as ApplicationFailure;
  };
  // biome-ignore lint/suspicious/noExplicitAny: a wire body, handed on to the vendor's own readers
  const body = (): any => wire.seen.at(-1)?.body;

  const fact = (name: string, check: () => Promise<void>): void => {
    const reason = vendor.skip?.[name];
    if (reason === undefined) test(name, check);
    else test.skip(`${name} (${reason})`, check);
  };

  // Every case sends exactly one request: retries belong to Temporal alone.
  afterEach(() => {
    expect(wire.seen).toHaveLength(1);
  });

  fact('text: arrives whole, with the model and a plain end', async () => {
    const reply = await say({ blocks: [{ text: 'Grüße, ' }, { text: '世界' }], stop: words.end });
    expect(reply.content).toEqual([
      { type: 'text', text: 'Grüße, ' },
      { type: 'text', text: '世界' },
    ]);
    expect(reply).toMatchObject({ stop: 'end', model: 'model-1' });
    expect(reply.output).toBeUndefined();
  });

  fact('request: carries the system text, the call key and no settings that were not set', async () => {
    await say({ blocks: [{ text: 'x' }], stop: words.end });
    expect(vendor.sent.system(body() as never)).toBe('You are terse.');
    expect(wire.seen[0]?.headers['idempotency-key']).toBe('run/root:%C3%A4/1');
    expect(JSON.stringify(body())).not.toContain('temperature');
    expect(JSON.stringify(body())).toContain('64');
    expect(vendor.sent.toolNames(body() as never)).toEqual([]);
  });

  fact('temperature: is sent when set, zero too', async () => {
    await say({ blocks: [{ text: 'x' }], stop: words.end }, { temperature: 0 });
    expect(JSON.stringify(body())).toContain('"temperature":0');
  });

  fact('tool call: arrives with its arguments', async () => {
    const reply = await say(
      {
        blocks: [{ text: 'Looking.' }, { tool: 'find', id: 'c1', json: '{"a":[1,"ü"]}' }],
        stop: words.toolUse,
      },
      { tools: [FIND] },
    );
    expect(reply.stop).toBe('toolUse');
    expect(reply.content).toEqual([
      { type: 'text', text: 'Looking.' },
      { type: 'toolCall', id: 'c1', name: 'find', args: { a: [1, 'ü'] } },
    ]);
    expect(vendor.sent.toolNames(body() as never)).toEqual(['find']);
    expect(vendor.sent.forcedTool(body() as never)).toBeUndefined();
  });

  fact('tool calls: several in one turn keep their order; empty arguments are an empty object', async () => {
    const reply = await say(
      {
        blocks: [
          { tool: 'find', id: 'c1', json: '{"n":1}' },
          { tool: 'find', id: 'c2', json: '' },
        ],
        stop: words.toolUse,
      },
      { tools: [FIND] },
    );
    expect(reply.content).toEqual([
      { type: 'toolCall', id: 'c1', name: 'find', args: { n: 1 } },
      { type: 'toolCall', id: 'c2', name: 'find', args: {} },
    ]);
  });

  fact(
    'tool call: arguments that are not JSON make the reply malformed, and the call cannot be run',
    async () => {
      const reply = await say(
        { blocks: [{ text: 'x' }, { tool: 'find', id: 'c1', json: '{"a":' }], stop: words.toolUse },
        { tools: [FIND] },
      );
      expect(reply).toMatchObject({ stop: 'malformed', stopDetail: expect.stringContaining('find') });
      expect(reply.content).toEqual([{ type: 'text', text: 'x' }]);
    },
  );

  fact('truncation: a cut tool call is left out and the stop says why', async () => {
    const reply = await say(
      { blocks: [{ text: 'x' }, { tool: 'find', id: 'c1', json: '{"a":' }], stop: words.maxTokens },
      { tools: [FIND] },
    );
    expect(reply.stop).toBe('maxTokens');
    expect(reply.content).toEqual([{ type: 'text', text: 'x' }]);
  });

  fact('structured output, native: the schema travels in its own field and the text is read', async () => {
    const reply = await say(
      { blocks: [{ text: '{"verdict":"good"}' }], stop: words.end },
      { output: { schema: SCHEMA, mode: 'native' } },
    );
    expect(vendor.sent.nativeSchema(body() as never)).toEqual(SCHEMA);
    expect(reply.output).toEqual({ verdict: 'good' });
  });

  fact('structured output, native: a schema outside the subset fails by name', async () => {
    // The afterEach wants its request: this one is refused before it is sent.
    await say({ blocks: [{ text: 'x' }], stop: words.end });
    const failed = await failureOf(vendor.reply({ blocks: [], stop: words.end }), {
      output: { schema: { properties: {} }, mode: 'native' },
    });
    expect(failed.type).toBe('ModelBadRequest');
    expect(failed.message).toContain('"tool"');
  });

  fact('structured output, tool: the only tool is forced and its arguments are the answer', async () => {
    const reply = await say(
      { blocks: [{ tool: 'give_answer', id: 'c1', json: '{"verdict":"good"}' }], stop: words.toolUse },
      { output: { schema: SCHEMA, mode: 'tool' } },
    );
    expect(vendor.sent.forcedTool(body() as never)).toBe('give_answer');
    expect(reply).toMatchObject({ stop: 'end', output: { verdict: 'good' } });
    expect(reply.content).toEqual([{ type: 'text', text: '{"verdict":"good"}' }]);
  });

  fact(
    'structured output, tool: an answer that is no object travels as a field and comes back bare',
    async () => {
      const reply = await say(
        { blocks: [{ tool: 'give_answer', id: 'c1', json: '{"answer":["a"]}' }], stop: words.toolUse },
        { output: { schema: { type: 'array', items: { type: 'string' } }, mode: 'tool' } },
      );
      expect(reply.output).toEqual(['a']);
    },
  );

  fact(
    'structured output, tool: beside other tools nothing is forced, and a call of another tool goes first',
    async () => {
      const reply = await say(
        {
          blocks: [
            { tool: 'give_answer', id: 'c1', json: '{"verdict":"good"}' },
            { tool: 'find', id: 'c2', json: '{}' },
          ],
          stop: words.toolUse,
        },
        { tools: [FIND], output: { schema: SCHEMA, mode: 'tool' } },
      );
      expect(vendor.sent.toolNames(body() as never)).toEqual(['find', 'give_answer']);
      expect(vendor.sent.forcedTool(body() as never)).toBeUndefined();
      expect(reply.content).toEqual([{ type: 'toolCall', id: 'c2', name: 'find', args: {} }]);
      expect(reply.output).toBeUndefined();
      expect(reply.stop).toBe('toolUse');
    },
  );

  fact('structured output, prompt: the schema is told, the brace is prefilled and put back', async () => {
    const reply = await say(
      { blocks: [{ text: '"verdict":"good"}' }], stop: words.end },
      { output: { schema: SCHEMA, mode: 'prompt' } },
    );
    expect(vendor.sent.system(body() as never)).toContain(JSON.stringify(SCHEMA));
    expect(vendor.sent.roles(body() as never)).toEqual(['user', 'assistant']);
    expect(reply.content).toEqual([{ type: 'text', text: '{"verdict":"good"}' }]);
    expect(reply.output).toEqual({ verdict: 'good' });
  });

  fact('structured output, prompt: a server that repeats the brace, and a fence, are read', async () => {
    const reply = await say(
      { blocks: [{ text: '{"verdict":"good"}' }], stop: words.end },
      { output: { schema: SCHEMA, mode: 'prompt' } },
    );
    expect(reply.output).toEqual({ verdict: 'good' });
  });

  fact(
    'structured output, prompt: with tools nothing is prefilled, and a fenced answer is read',
    async () => {
      const reply = await say(
        { blocks: [{ text: '```json\n{"verdict":"good"}\n```' }], stop: words.end },
        { tools: [FIND], output: { schema: SCHEMA, mode: 'prompt' } },
      );
      expect(vendor.sent.roles(body() as never)).toEqual(['user']);
      expect(reply.output).toEqual({ verdict: 'good' });
    },
  );

  fact('structured output: text that is no JSON gives no output', async () => {
    const reply = await say(
      { blocks: [{ text: 'I would say good.' }], stop: words.end },
      { output: { schema: SCHEMA, mode: 'native' } },
    );
    expect(reply.output).toBeUndefined();
  });

  for (const { word, stop, detail } of vendor.stops)
    fact(`stop reason ${word}: is ${stop}`, async () => {
      const reply = await say({ blocks: [{ text: 'so far' }], stop: word });
      expect({ stop: reply.stop, detail: reply.stopDetail }).toEqual({ stop, detail });
      expect(reply.content).toEqual([{ type: 'text', text: 'so far' }]);
    });

  fact('usage: input holds the tokens of the cache', async () => {
    const usage = { inputTokens: 100, outputTokens: 7, cacheReadTokens: 60, cacheWriteTokens: 30 };
    const reply = await say({ blocks: [{ text: 'x' }], stop: words.end, usage });
    expect(reply.usage).toEqual(usage);
  });

  fact(
    'conversation: tool results come first in one message, own blocks return, others stay away',
    async () => {
      const first = await say({
        blocks: [
          { thinking: 'hm', signature: 'sig' },
          { tool: 'find', id: 'c1', json: '{"a":1}' },
          { tool: 'find', id: 'c2', json: '{}' },
        ],
        stop: words.toolUse,
      });
      wire.seen.length = 0;
      const own = first.content.find((part) => part.type === 'opaque');
      const foreign = { type: 'opaque', provider: 'someone-else', block: { type: 'x' } } as const;
      const elder = { ...foreign, ...own, provider: `${own?.provider}-older` };
      const messages: Message[] = [
        { role: 'user', content: [{ type: 'text', text: 'hello' }] },
        { role: 'assistant', content: [...first.content, foreign, elder] },
        { role: 'user', content: [{ type: 'text', text: 'Hurry.' }] },
        {
          role: 'user',
          content: [
            { type: 'toolResult', id: 'c1', name: 'find', content: 'found', isError: false },
            { type: 'toolResult', id: 'c2', name: 'find', content: 'broken', isError: true },
          ],
        },
        { role: 'assistant', content: [] },
        { role: 'user', content: [{ type: 'text', text: '' }] },
      ];
      await say({ blocks: [{ text: 'x' }], stop: words.end }, { messages, tools: [FIND] });
      const { sent, wireBlock } = vendor;
      expect(sent.roles(body() as never)).toEqual(['user', 'assistant', 'user']);
      expect(sent.content(body() as never, 1)).toEqual([
        wireBlock.thinking('hm', 'sig'),
        wireBlock.toolCall('c1', 'find', { a: 1 }),
        wireBlock.toolCall('c2', 'find', {}),
      ]);
      expect(sent.content(body() as never, 2)).toEqual([
        wireBlock.toolResult('c1', 'found', false),
        wireBlock.toolResult('c2', 'broken', true),
        wireBlock.text('Hurry.'),
      ]);
    },
  );

  fact(
    'conversation: tools that are no longer offered stay declared, since the transcript names them',
    async () => {
      const messages: Message[] = [
        ...ASK.messages,
        { role: 'assistant', content: [{ type: 'toolCall', id: 'c1', name: 'find', args: {} }] },
        {
          role: 'user',
          content: [{ type: 'toolResult', id: 'c1', name: 'find', content: 'x', isError: false }],
        },
      ];
      await say({ blocks: [{ text: 'x' }], stop: words.end }, { messages });
      expect(vendor.sent.toolNames(body() as never)).toEqual(['find']);
    },
  );

  fact('caching: marks the tools, the system text and the last two user messages, four in all', async () => {
    const turn = (role: 'user' | 'assistant'): Message => ({ role, content: [{ type: 'text', text: role }] });
    const messages = [turn('user'), turn('assistant'), turn('user'), turn('assistant'), turn('user')];
    await say({ blocks: [{ text: 'x' }], stop: words.end }, { messages, tools: [FIND] });
    expect(vendor.sent.cacheMarks(body() as never)).toBe(4);
  });

  for (const { name, scene, failure, waitMs } of vendor.errors)
    fact(`error, ${name}: is ${failure}`, async () => {
      const failed = await failureOf(scene);
      expect(failed.type).toBe(failure);
      expect(failed.cause).toBeUndefined();
      const wait = failed.nextRetryDelay;
      if (waitMs === undefined) expect(wait).toBeUndefined();
      else {
        expect(wait).toBeGreaterThanOrEqual(waitMs);
        expect(wait).toBeLessThanOrEqual(waitMs * 1.2 + 1);
      }
    });

  for (const { type, failure } of vendor.streamErrors)
    fact(`error event in the stream, ${type}: is ${failure}`, async () => {
      expect((await failureOf(vendor.streamError(type))).type).toBe(failure);
    });

  fact('connection cut in the stream: is ModelConnectionLost', async () => {
    expect((await failureOf(vendor.partial('cut'))).type).toBe('ModelConnectionLost');
  });

  fact('stream that ends before the reply does: is ModelConnectionLost', async () => {
    expect((await failureOf(vendor.partial('end'))).type).toBe('ModelConnectionLost');
  });

  fact('bytes that make no sense: are ModelReplyMalformed', async () => {
    expect((await failureOf(vendor.partial('garbage'))).type).toBe('ModelReplyMalformed');
  });

  fact('connection refused by closing: is ModelConnectionLost', async () => {
    const failed = await failureOf((response) => response.destroy());
    expect(failed.type).toBe('ModelConnectionLost');
  });

  fact('silence before the reply: is ModelTimeout, and the socket is closed', async () => {
    const failed = await failureOf(() => undefined, { stallTimeoutMs: 60 });
    expect(failed.type).toBe('ModelTimeout');
    expect(await wire.seen[0]?.cut).toBe(true);
  });

  fact('stall in the stream: is ModelTimeout, and the socket is closed', async () => {
    const failed = await failureOf(vendor.partial('hang'), { stallTimeoutMs: 60 });
    expect(failed.type).toBe('ModelTimeout');
    expect(await wire.seen[0]?.cut).toBe(true);
  });

  const abortWhile = async (scene: Scene): Promise<void> => {
    const stop = new AbortController();
    const reason = new Error('the run was cancelled');
    const arrived = new Promise<void>((resolve) => {
      wire.play((response) => {
        scene(response);
        resolve();
      });
    });
    const call = provider.call(ASK, { signal: stop.signal });
    const settled = call.catch((error: unknown) => error);
    await arrived;
    const from = performance.now();
    stop.abort(reason);
    expect(await settled).toBe(reason);
    expect(await wire.seen[0]?.cut).toBe(true);
    expect(performance.now() - from).toBeLessThan(1000);
  };

  fact('abort before the reply: throws the reason and closes the socket within a second', () =>
    abortWhile(() => undefined),
  );

  fact('abort in the stream: throws the reason and closes the socket within a second', () =>
    abortWhile(vendor.partial('hang')),
  );

  fact('a call that is aborted already: sends nothing', async () => {
    await say({ blocks: [{ text: 'x' }], stop: words.end });
    const reason = new Error('too late');
    await expect(provider.call(ASK, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
}
