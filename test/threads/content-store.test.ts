import { createHash } from 'node:crypto';
import { readFileSync, rmdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { failureType } from '../../src/contract/fail';
import { hashOf } from '../../src/contract/hash';
import type { Json } from '../../src/contract/json';
import { openLocalStore } from '../../src/threads/local-store';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();

/** Values as JSON gives them: no negative zero, which JSON has not. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

function objectFile(folder: string, hash: string): string {
  return path.join(folder, 'objects', hash);
}

describe('content store', () => {
  test('any value: comes back equal, in this process and in another', async () => {
    const folder = newFolder();
    const writer = openLocalStore({ folder }).content;
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        const ref = await writer.put(value);
        const other = openLocalStore({ folder }).content;
        expect(await other.get(ref.hash)).toEqual(value);
        expect(await writer.get(ref.hash)).toEqual(value);
      }),
    );
  });

  test('a name: is the hash of the contract, whatever the order of members', async () => {
    const { content } = openLocalStore({ folder: newFolder() });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), json), async (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        const ref = await content.put(members);
        expect(ref.hash).toBe(hashOf(members));
        expect(await content.put(reversed)).toEqual(ref);
      }),
    );
  });

  test('different values: have different names', async () => {
    const { content } = openLocalStore({ folder: newFolder() });
    await fc.assert(
      fc.asyncProperty(json, json, async (one, other) => {
        const same = (await content.put(one)).hash === (await content.put(other)).hash;
        expect(same).toBe(equalAsJson(one, other));
      }),
    );
  });

  test('a file: holds the canonical bytes, named by their sha256, and nothing is left in staging', async () => {
    const folder = newFolder();
    const ref = await openLocalStore({ folder }).content.put({ b: 'ü', a: [1, null] });
    const bytes = readFileSync(objectFile(folder, ref.hash));
    expect(bytes.toString()).toBe('{"a":[1,null],"b":"ü"}');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(ref.hash);
    expect(ref.bytes).toBe(bytes.length);
    expect(filesIn(folder)).toHaveLength(1);
  });

  test.each(['process', 'power'] as const)(
    'durability %s: large and small values round-trip',
    async (durability) => {
      const folder = newFolder();
      const { content } = openLocalStore({ folder, durability });
      for (const value of ['small', 'x'.repeat(3_000_000)]) {
        const ref = await content.put(value);
        expect(await openLocalStore({ folder }).content.get(ref.hash)).toBe(value);
      }
    },
  );

  test('a missing value: is a StoredValueMissing that names the way out', async () => {
    const { content } = openLocalStore({ folder: newFolder() });
    const error = await content.get(hashOf('never stored')).catch((thrown: unknown) => thrown);
    expect(failureType(error)).toBe('StoredValueMissing');
    expect(String(error)).toContain('BATON_STORE');
    expect(await content.has(hashOf('never stored'))).toBe(false);
  });

  test('a name that is a path: is refused', async () => {
    const folder = newFolder();
    writeFileSync(path.join(folder, 'secret'), '"secret"');
    const { content } = openLocalStore({ folder: path.join(folder, 'store') });
    for (const name of ['../../secret', '', 'A'.repeat(64), `${'a'.repeat(64)}/../../../secret`]) {
      expect(failureType(await content.get(name).catch((thrown: unknown) => thrown))).toBe(
        'StoredValueMissing',
      );
      expect(await content.has(name)).toBe(false);
    }
  });

  test('a damaged file: is never returned, and storing the value again repairs a cut one', async () => {
    const folder = newFolder();
    const ref = await openLocalStore({ folder }).content.put('some text');
    truncateSync(objectFile(folder, ref.hash), 4);
    const after = openLocalStore({ folder }).content;
    expect(failureType(await after.get(ref.hash).catch((thrown: unknown) => thrown))).toBe(
      'StoredValueMissing',
    );
    await after.put('some text');
    expect(await after.get(ref.hash)).toBe('some text');
  });

  test('a folder that cannot be written: is a StoreUnavailable', async () => {
    const folder = newFolder();
    const { content } = openLocalStore({ folder });
    const value = 'text';
    const objects = path.join(folder, 'objects');
    rmdirSync(objects);
    // A file in the place of the folder stops every user, root too.
    writeFileSync(objects, '');
    expect(failureType(await content.put(value).catch((thrown: unknown) => thrown))).toBe('StoreUnavailable');
    expect(() => openLocalStore({ folder: path.join(objects, 'store') })).toThrow('the store');
  });

  test('a staged file: is removed at the next start once it is an hour old', () => {
    const folder = newFolder();
    openLocalStore({ folder });
    const [old, fresh] = ['old', 'fresh'].map((name) => path.join(folder, 'staging', name)) as [
      string,
      string,
    ];
    for (const file of [old, fresh]) writeFileSync(file, 'half');
    const anHourAgo = Date.now() / 1000 - 3700;
    utimesSync(old, anHourAgo, anHourAgo);
    openLocalStore({ folder });
    expect(filesIn(folder).map(({ file }) => file)).toEqual([fresh]);
  });
});

/** Equal as JSON: the order of members and the sign of zero do not count. */
function equalAsJson(one: Json, other: Json): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
}
