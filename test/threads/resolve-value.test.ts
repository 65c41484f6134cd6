import fc from 'fast-check';
import type { Json } from '../../src/contract/json';
import { INLINE_BYTES, inline, type Value } from '../../src/contract/value';
import { openLocalStore } from '../../src/threads/local-store';
import { keepValue, resolveMessage, resolveValue } from '../../src/threads/resolve-value';
import { storeFolders } from './store-folder';

const newFolder = storeFolders();
const { content } = openLocalStore({ folder: newFolder() });
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe('values', () => {
  test('keeping and resolving: gives the value back', async () => {
    const large = fc.array(json, { minLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(json, large), async (value) => {
        expect(await resolveValue(await keepValue(value, content), content)).toEqual(value);
      }),
    );
  });

  test('the bound: is the bytes of the JSON, not its characters', async () => {
    expect(await keepValue('x'.repeat(INLINE_BYTES - 2), content)).toHaveProperty('inline');
    expect(await keepValue('x'.repeat(INLINE_BYTES - 1), content)).toHaveProperty(
      'ref.bytes',
      INLINE_BYTES + 1,
    );
    expect(await keepValue('é'.repeat(INLINE_BYTES / 2), content)).toMatchObject({ preview: /^é+…$/ });
  });

  test('composites: are joined at any depth', async () => {
    const long = await keepValue('long '.repeat(500), content);
    const value: Value = {
      record: {
        a: { list: [inline(1), long] },
        b: { text: [inline('see '), inline({ n: 1 }), inline('!')] },
      },
    };
    expect(await resolveValue(value, content)).toEqual({
      a: [1, 'long '.repeat(500)],
      b: 'see {\n  "n": 1\n}!',
    });
  });

  test('a record with a member called __proto__: keeps it as a member', async () => {
    const value: Value = { record: JSON.parse('{"__proto__":{"inline":1}}') };
    expect(JSON.stringify(await resolveValue(value, content))).toBe('{"__proto__":1}');
  });

  test('a message: values become text, strings as they are and the rest indented', async () => {
    const message = await resolveMessage(
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'value', value: inline('b') },
          { type: 'value', value: inline({ c: [1] }) },
          {
            type: 'toolResult',
            id: '1',
            name: 'find',
            value: await keepValue('d'.repeat(2000), content),
            isError: true,
          },
        ],
      },
      content,
    );
    expect(message).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
        { type: 'text', text: '{\n  "c": [\n    1\n  ]\n}' },
        { type: 'toolResult', id: '1', name: 'find', content: 'd'.repeat(2000), isError: true },
      ],
    });
  });
});
