import { ApplicationFailure } from '@temporalio/common';
import type { ModelRequest } from '../../src/models/provider';
import { scripted } from '../../src/models/scripted';
import { fails, output, refusal, text, toolCalls, truncated } from '../../src/models/scripted-reply';

const signal = new AbortController().signal;

function request(agent = 'writer', callKey = 'key-1'): ModelRequest {
  return {
    model: 'medium',
    system: 'Write.',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
    tools: [],
    maxOutputTokens: 10,
    stallTimeoutMs: 100,
    callKey,
    agent,
  };
}

describe('scripted provider', () => {
  test('an array: gives its replies in order', async () => {
    const model = scripted([text('one'), truncated('two'), refusal('cyber')]);
    const replies = [];
    for (let call = 0; call < 3; call++) replies.push(await model.call(request(), { signal }));
    expect(replies.map(({ stop, stopDetail }) => [stop, stopDetail])).toEqual([
      ['end', undefined],
      ['maxTokens', undefined],
      ['refusal', 'cyber'],
    ]);
    expect(replies[0]?.content).toEqual([{ type: 'text', text: 'one' }]);
    expect(replies[0]?.usage).toEqual({
      inputTokens: expect.any(Number),
      outputTokens: expect.any(Number),
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    });
    expect(() => model.assertComplete()).not.toThrow();
  });

  test('a call beyond the script: fails for good and names the call, not the prompt', async () => {
    const model = scripted([text('one')]);
    await model.call(request(), { signal });
    const error = await model.call(request('writer', 'key-2'), { signal }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApplicationFailure);
    expect(error).toMatchObject({
      type: 'ScriptExhausted',
      nonRetryable: true,
      details: [{ agent: 'writer', call: 2, callKey: 'key-2' }],
    });
    expect((error as Error).message).not.toContain('hello');
  });

  test('a script an agent: each has its own order, and an agent without one fails', async () => {
    const model = scripted({ writer: [text('w1'), text('w2')], critic: () => text('c') });
    const said = async (agent: string): Promise<unknown> =>
      (await model.call(request(agent), { signal })).content[0];
    expect(await said('writer')).toMatchObject({ text: 'w1' });
    expect(await said('critic')).toMatchObject({ text: 'c' });
    expect(await said('writer')).toMatchObject({ text: 'w2' });
    await expect(said('nobody')).rejects.toMatchObject({ type: 'ScriptExhausted' });
  });

  test('replies that nobody asked for: are named', () => {
    const model = scripted({ writer: [text('w1'), text('w2')], critic: [] });
    expect(() => model.assertComplete()).toThrow('2 of 2 for "writer"');
  });

  test('a function: sees the request, may be async, may throw', async () => {
    const model = scripted(async ({ messages }) => {
      await Promise.resolve();
      if (messages.length === 0) throw new Error('nothing was said');
      return text(`${messages.length} said`);
    });
    expect((await model.call(request(), { signal })).content).toEqual([{ type: 'text', text: '1 said' }]);
    await expect(model.call({ ...request(), messages: [] }, { signal })).rejects.toThrow('nothing was said');
  });

  test('a failure in the script: is thrown, and the next call gets the next reply', async () => {
    const model = scripted([fails('ModelOverloaded'), text('after')]);
    await expect(model.call(request(), { signal })).rejects.toMatchObject({
      type: 'ModelOverloaded',
      nonRetryable: false,
    });
    expect((await model.call(request(), { signal })).content).toEqual([{ type: 'text', text: 'after' }]);
  });

  test('requests: are recorded as frozen copies', async () => {
    const model = scripted(() => text('x'));
    const asked = request();
    await model.call(asked, { signal });
    (asked.messages as unknown[]).length = 0;
    const [recorded] = model.requests;
    expect(recorded?.messages).toHaveLength(1);
    expect(Object.isFrozen(recorded?.messages[0]?.content)).toBe(true);
  });

  test('tool calls: bear ids that are the same in every attempt and differ between calls', async () => {
    const model = scripted(() => toolCalls({ name: 'a', args: {} }, { name: 'b', args: {} }));
    const ids = async (key: string): Promise<string[]> =>
      (await model.call(request('writer', key), { signal })).content.flatMap((part) =>
        part.type === 'toolCall' ? [part.id] : [],
      );
    const [first, again, other] = [await ids('k1'), await ids('k1'), await ids('k2')];
    expect(again).toEqual(first);
    expect(new Set([...first, ...other]).size).toBe(4);
  });

  test('an answer: is delivered apart and as text', async () => {
    const reply = await scripted([output({ verdict: 'good' })]).call(request(), { signal });
    expect(reply.output).toEqual({ verdict: 'good' });
    expect(reply.content).toEqual([{ type: 'text', text: '{"verdict":"good"}' }]);
  });

  test('abort: ends a call whose reply is still being made, with the reason', async () => {
    const stop = new AbortController();
    const model = scripted(() => new Promise(() => undefined));
    const call = model.call(request(), { signal: stop.signal });
    const reason = new Error('cancelled');
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});
