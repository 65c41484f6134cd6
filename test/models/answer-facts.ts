import { type Bench, FIND, SCHEMA } from './conformance-bench';

/** Structured output in its three modes. */
export function answerFacts(bench: Bench): void {
  const { vendor, fact, say, failureOf, sent } = bench;

  const { words } = vendor;

  fact('structured output, native: the schema travels in its own field and the text is read', async () => {
    const reply = await say(
      { blocks: [{ text: '{"verdict":"good"}' }], stop: words.end },
      { output: { schema: SCHEMA, mode: 'native' } },
    );
    expect(sent().nativeSchema).toEqual(SCHEMA);
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
    expect(sent().forcedTool).toBe('give_answer');
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
      expect(sent().toolNames).toEqual(['find', 'give_answer']);
      expect(sent().forcedTool).toBeUndefined();
      expect(sent().system).toContain('give_answer');
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
    expect(sent().system).toContain(JSON.stringify(SCHEMA));
    expect(sent().roles).toEqual(['user', 'assistant']);
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
      expect(sent().roles).toEqual(['user']);
      expect(reply.output).toEqual({ verdict: 'good' });
    },
  );

  fact('structured output, prompt: forbidden tools do not stand in the way of the brace', async () => {
    await say(
      { blocks: [{ text: '"verdict":"good"}' }], stop: words.end },
      { tools: [FIND], toolChoice: 'none', output: { schema: SCHEMA, mode: 'prompt' } },
    );
    expect(sent().roles).toEqual(['user', 'assistant']);
  });

  fact('structured output: text that is no JSON gives no output', async () => {
    const reply = await say(
      { blocks: [{ text: 'I would say good.' }], stop: words.end },
      { output: { schema: SCHEMA, mode: 'native' } },
    );
    expect(reply.output).toBeUndefined();
  });
}
