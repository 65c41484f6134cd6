import fc from 'fast-check';
import { failureType } from '../../src/contract/fail';
import { hashOf } from '../../src/contract/hash';
import type { JsonObject } from '../../src/contract/json';
import type { Message, Part } from '../../src/contract/run/conversation';
import { openLocalStore } from '../../src/threads/local-store';
import { keepValue } from '../../src/threads/resolve-value';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();

const plain = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));
const someText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 1000, maxLength: 3000 }),
  // What a model reads of a large result, and what only looks like it.
  fc.array(plain, { minLength: 40 }).map((value) => JSON.stringify(value, null, 2)),
  fc.array(plain, { minLength: 40 }).map((value) => `${JSON.stringify(value, null, 2)}\n`),
  fc.constant(JSON.stringify({ z: 'x'.repeat(2000), a: 1 }, null, 2)),
);
const args = fc.dictionary(fc.string(), fc.oneof(plain, fc.constant('y'.repeat(1500))));
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: someText }),
  fc.record({
    type: fc.constant('toolCall' as const),
    id: fc.string(),
    name: fc.string(),
    args: args.map((value) => JSON.parse(JSON.stringify(value)) as JsonObject),
  }),
  fc.record({
    type: fc.constant('toolResult' as const),
    id: fc.string(),
    name: fc.string(),
    content: someText,
    isError: fc.boolean(),
  }),
  fc.record({ type: fc.constant('opaque' as const), provider: fc.string(), block: plain }),
);
const message: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom('user', 'assistant'),
  content: fc.array(part, { maxLength: 3 }),
});

function says(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] };
}

describe('thread store', () => {
  test('a thread: reads back what was appended, in this process and in another', async () => {
    const folder = newFolder();
    const { threads } = openLocalStore({ folder });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(message, { maxLength: 3 }), { maxLength: 4 }), async (turns) => {
        let head: string | null = null;
        for (const turn of turns) head = await threads.append(head, turn);
        expect(await threads.read(head)).toEqual(turns.flat());
        expect(await openLocalStore({ folder }).threads.read(head)).toEqual(turns.flat());
      }),
    );
  });

  test('a head: names the whole transcript, so equal transcripts share it and others do not', async () => {
    const { threads } = openLocalStore({ folder: newFolder() });
    const first = await threads.append(null, [says('a')]);
    expect(await threads.append(null, [says('a')])).toBe(first);
    const [left, right] = [
      await threads.append(first, [says('b')]),
      await threads.append(first, [says('c')]),
    ];
    expect(await threads.read(left)).toEqual([says('a'), says('b')]);
    expect(await threads.read(right)).toEqual([says('a'), says('c')]);
    expect(await threads.append(null, [says('b')])).not.toBe(left);
  });

  test('no head: is an empty transcript, and appending nothing changes no head', async () => {
    const { threads } = openLocalStore({ folder: newFolder() });
    expect(await threads.read(null)).toEqual([]);
    const head = await threads.append(null, [says('a')]);
    expect(await threads.append(head, [])).toBe(head);
  });

  test('a head of another kind, or of another store: is a StoredValueMissing', async () => {
    const { threads, content } = openLocalStore({ folder: newFolder() });
    const { hash } = await content.put('no node');
    for (const head of [hash, hashOf('elsewhere')])
      expect(failureType(await threads.read(head).catch((thrown: unknown) => thrown))).toBe(
        'StoredValueMissing',
      );
  });

  test('a long text or result: is stored once, in the thread and as a value', async () => {
    const folder = newFolder();
    const { threads, content } = openLocalStore({ folder });
    const text = 'word '.repeat(4000);
    const found = { files: Array.from({ length: 500 }, (_, n) => `src/file-${n}.ts`) };
    await keepValue(text, content);
    await keepValue(found, content);
    const shown = JSON.stringify(found, null, 2);
    const head = await threads.append(null, [
      { role: 'assistant', content: [{ type: 'text', text }] },
      {
        role: 'user',
        content: [{ type: 'toolResult', id: '1', name: 'find', content: shown, isError: false }],
      },
    ]);
    const bytes = filesIn(folder).reduce((sum, file) => sum + file.bytes, 0);
    expect(bytes).toBeLessThan(text.length + JSON.stringify(found).length + 1000);
    const again = await openLocalStore({ folder }).threads.read(head);
    expect(again[1]?.content[0]).toMatchObject({ content: shown });
  });
});
