import type { Message } from '../../src/contract/run/conversation';
import { ASK, type Bench, FIND, SCHEMA } from './conformance-bench';

/** A conversation in which a tool was called. */
const USED: readonly Message[] = [
  ...ASK.messages,
  { role: 'assistant', content: [{ type: 'toolCall', id: 'c1', name: 'find', args: {} }] },
  {
    role: 'user',
    content: [{ type: 'toolResult', id: 'c1', name: 'find', content: 'x', isError: false }],
  },
];

/** What goes out: settings, conversations, cache marks. */
export function requestFacts(bench: Bench): void {
  const { vendor, fact, say, seen, sent } = bench;

  const { words } = vendor;

  fact('request: carries the system text, the call key and no settings that were not set', async () => {
    await say({ blocks: [{ text: 'x' }], stop: words.end });
    expect(sent().system).toBe('You are terse.');
    expect(seen()[0]?.headers['idempotency-key']).toBe('run/root:%C3%A4/1');
    expect(JSON.stringify(seen()[0]?.body)).not.toContain('temperature');
    expect(JSON.stringify(seen()[0]?.body)).toContain('64');
    expect(sent().toolNames).toEqual([]);
  });

  fact('temperature: is sent when set, zero too', async () => {
    await say({ blocks: [{ text: 'x' }], stop: words.end }, { temperature: 0 });
    expect(JSON.stringify(seen()[0]?.body)).toContain('"temperature":0');
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
      seen().length = 0;
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
      const { wireBlock } = vendor;
      expect(sent().roles).toEqual(['user', 'assistant', 'user']);
      expect(sent().content(1)).toEqual([
        wireBlock.thinking('hm', 'sig'),
        wireBlock.toolCall('c1', 'find', { a: 1 }),
        wireBlock.toolCall('c2', 'find', {}),
      ]);
      expect(sent().content(2)).toEqual([
        wireBlock.toolResult('c1', labelled('found'), false),
        wireBlock.toolResult('c2', labelled('broken'), true),
        wireBlock.text('Hurry.'),
      ]);
    },
  );

  fact(
    'conversation: tools that are no longer offered stay declared, since the transcript names them',
    async () => {
      await say({ blocks: [{ text: 'x' }], stop: words.end }, { messages: USED });
      expect(sent().toolNames).toEqual(['find']);
      expect(sent().forbidsTools).toBe(true);
    },
  );

  fact(
    'tools forbidden: stay declared where the transcript names them, and the request says so',
    async () => {
      await say(
        { blocks: [{ text: 'x' }], stop: words.end },
        { messages: USED, tools: [FIND], toolChoice: 'none' },
      );
      expect(sent().toolNames).toEqual(['find']);
      expect(sent().forbidsTools).toBe(true);
    },
  );

  fact('tools forbidden: the answer tool is forced all the same', async () => {
    await say(
      { blocks: [{ tool: 'give_answer', id: 'c1', json: '{"verdict":"good"}' }], stop: words.toolUse },
      { tools: [FIND], toolChoice: 'none', output: { schema: SCHEMA, mode: 'tool' } },
    );
    expect(sent().forcedTool).toBe('give_answer');
  });

  fact('caching: marks the tools, the system text and the last two user messages, four in all', async () => {
    const turn = (role: 'user' | 'assistant'): Message => ({ role, content: [{ type: 'text', text: role }] });
    const messages = [turn('user'), turn('assistant'), turn('user'), turn('assistant'), turn('user')];
    await say({ blocks: [{ text: 'x' }], stop: words.end }, { messages, tools: [FIND] });
    expect(sent().cacheMarks).toBe(4);
  });
}

/** A tool's result between marks that belong together. */
function labelled(content: string): string {
  return expect.stringMatching(
    new RegExp(`^<tool-output tool="find" mark="([0-9a-f]{16})">\\n${content}\\n</tool-output mark="\\1">$`),
  );
}
