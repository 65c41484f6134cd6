import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hashOf } from '../../src/contract/hash';
import { KeyRing } from '../../src/secrets/key-ring';
import { LocalContentStore } from '../../src/threads/content-store';
import { inScopeOf } from '../../src/threads/data-scope';
import { FolderFiles } from '../../src/threads/folder-files';
import { openStore } from '../../src/threads/open-store';
import { LocalReplyCache } from '../../src/threads/reply-cache';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();
const shelf = { name: hashOf({ call: 1 }), ttlMs: 60_000 };
const SECRET = 'the patient is called Wilhelmina';

describe('reply cache', () => {
  test('a reply is found until its time is over, over the change of logs too, the latest first', async () => {
    const files = new FolderFiles(newFolder(), 'process');
    let now = 10 * 60_000 + 59_000;
    const cache = new LocalReplyCache(new LocalContentStore(files), files, () => now);
    await cache.keep(shelf, { run: 'a', reply: 'first' });
    now += 2_000;
    await cache.keep(shelf, { run: 'b', reply: 'second' });
    expect(await cache.find(shelf)).toEqual(['second', 'first']);
    expect(await cache.find({ ...shelf, name: hashOf({ call: 2 }) })).toEqual([]);
    now += 58_000;
    expect(await cache.find(shelf)).toEqual(['second']);
    now += 2_000;
    expect(await cache.find(shelf)).toEqual([]);
  });

  test('encrypted: every run finds it, nothing of it is in the clear, and it is forgotten with its run', async () => {
    const folder = newFolder();
    const encryption = { ring: new KeyRing([['k1', randomBytes(32)]]), required: true };
    const { store, keys } = openStore({ folder, encryption });
    await inScopeOf('run-a', () => store.replies.keep(shelf, { run: 'run-a', reply: SECRET }));
    await inScopeOf('run-b', () => store.replies.keep(shelf, { run: 'run-b', reply: 'other' }));
    const found = () => inScopeOf('run-c', () => openStore({ folder, encryption }).store.replies.find(shelf));
    expect(await found()).toEqual(['other', SECRET]);
    const bytes = filesIn(folder).map(({ file }) => readFileSync(file, 'latin1'));
    expect(bytes.length).toBeGreaterThan(3);
    expect(bytes.join('\n')).not.toContain('Wilhelmina');
    await keys?.destroy('run-a');
    expect(await found()).toEqual(['other']);
  });
});
