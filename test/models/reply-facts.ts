import { type Bench, FIND } from './conformance-bench';

/** What becomes of a reply: text, tool calls, stops, usage. */
export function replyFacts(bench: Bench): void {
  const { vendor, fact, say, sent } = bench;

  const { words } = vendor;

  fact('text: arrives whole, with the model and a plain end', async () => {
    const reply = await say({ blocks: [{ text: 'Grüße, ' }, { text: '世界' }], stop: words.end });
    expect(reply.content).toEqual([
      { type: 'text', text: 'Grüße, ' },
      { type: 'text', text: '世界' },
    ]);
    expect(reply).toMatchObject({ stop: 'end', model: 'model-1' });
    expect(reply.output).toBeUndefined();
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
    expect(sent().toolNames).toEqual(['find']);
    expect(sent().forcedTool).toBeUndefined();
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
}
