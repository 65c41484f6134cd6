import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultPayloadConverter, type SerializationContext } from '@temporalio/common';
import { failureType } from '../../src/contract/fail';
import { hashOf } from '../../src/contract/hash';
import { inline } from '../../src/contract/value';
import type { Encryption } from '../../src/secrets/encryption-from-environment';
import { KeyRing } from '../../src/secrets/key-ring';
import type { DataKeys } from '../../src/threads/data-keys';
import { inScopeOf } from '../../src/threads/data-scope';
import { type OpenStore, openStore } from '../../src/threads/open-store';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();
const K1 = ['k1', randomBytes(32)] as const;
const K2 = ['k2', randomBytes(32)] as const;
const SECRET = 'the patient is called Wilhelmina';

function encryption(required = true, ...keys: (readonly [string, Buffer])[]): Encryption {
  return { ring: new KeyRing(keys.length === 0 ? [K1] : keys), required };
}

function open(folder: string, with_: Encryption = encryption()): OpenStore & { readonly keys: DataKeys } {
  const { keys, ...rest } = openStore({ folder, encryption: with_ });
  if (keys === undefined) throw new Error('no keys');
  return { ...rest, keys };
}

function typeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => failureType(error) ?? String(error),
  );
}

function everything(folder: string): string {
  return filesIn(folder)
    .map(({ file }) => `${file}\n${readFileSync(file, 'latin1')}`)
    .join('\n');
}

const HOLDER = { activity: 'a', attempt: 1 };

/** One of everything that a store keeps, in one run. Returns what finds it again. */
function fill({ store }: OpenStore, run: string) {
  return inScopeOf(run, async () => {
    const { hash } = await store.content.put({ text: SECRET });
    const head = await store.threads.append(null, [
      { role: 'user', content: [{ type: 'text', text: SECRET.repeat(200) }] },
    ]);
    const key = hashOf({ call: run });
    await store.journal.record(await store.journal.lease(key, HOLDER), { text: SECRET });
    const incident = { run, team: 't', path: 'root', at: 1, route: null, opinions: [] };
    await store.incidents.record({ ...incident, input: inline(SECRET) });
    const state = { scope: 'run', owner: run, key: 'patient' };
    return { hash, head, key, state };
  });
}

describe('sealed store', () => {
  test('everything that a run stores: is found by it in another process, and nowhere in the clear', async () => {
    const folder = newFolder();
    const { hash, head, key } = await fill(open(folder), 'one');
    const { store } = open(folder);
    await inScopeOf('one/root', async () => {
      expect(await store.content.get(hash)).toEqual({ text: SECRET });
      expect(await store.threads.read(head)).toHaveLength(1);
      expect(await store.journal.find(key)).toEqual({ text: SECRET });
    });
    expect(await store.incidents.all()).toMatchObject([{ input: { inline: SECRET } }]);
    const files = everything(folder);
    expect(files).not.toContain('Wilhelmina');
    // A content hash in the clear would tell whoever guesses a text that it is there.
    expect(files).not.toContain(hash);
    expect(files).not.toContain(Buffer.from(SECRET).toString('base64').slice(4, 24));
  });

  test('another run: finds nothing of it, though it knows the hashes, and stores the same anew', async () => {
    const folder = newFolder();
    const opened = open(folder);
    const { hash, head, key } = await fill(opened, 'one');
    await inScopeOf('two', async () => {
      expect(await opened.store.content.has(hash)).toBe(false);
      expect(await typeOf(opened.store.content.get(hash))).toBe('StoredValueMissing');
      expect(await typeOf(opened.store.threads.read(head))).toBe('StoredValueMissing');
      expect(await opened.store.journal.find(key)).toBeUndefined();
      const before = filesIn(path.join(folder, 'objects')).length;
      expect((await opened.store.content.put({ text: SECRET })).hash).toBe(hash);
      expect(filesIn(path.join(folder, 'objects'))).toHaveLength(before + 1);
    });
  });

  test('the same value twice in one run: is stored once', async () => {
    const folder = newFolder();
    const { store } = open(folder);
    await inScopeOf('one', async () => {
      await store.content.put({ text: SECRET });
      await store.content.put({ text: SECRET });
    });
    expect(filesIn(path.join(folder, 'objects'))).toHaveLength(1);
  });

  test('a forgotten run: cannot be read by any process, takes nothing new, and no other run loses anything', async () => {
    const folder = newFolder();
    const opened = open(folder);
    const one = await fill(opened, 'one');
    const two = await fill(opened, 'two');
    await opened.keys.destroy('one');
    for (const { store } of [opened, open(folder)]) {
      await inScopeOf('one', async () => {
        expect(await typeOf(store.content.get(one.hash))).toBe('RunForgotten');
        expect(await typeOf(store.threads.read(one.head))).toBe('RunForgotten');
        expect(await typeOf(store.journal.find(one.key))).toBe('RunForgotten');
        expect(await typeOf(store.content.put('new'))).toBe('RunForgotten');
      });
      expect((await store.incidents.all()).map(({ run }) => run)).toEqual(['two']);
      await inScopeOf('two', async () => {
        expect(await store.content.get(two.hash)).toEqual({ text: SECRET });
        expect(await store.journal.find(two.key)).toEqual({ text: SECRET });
      });
    }
  });

  test('a run that takes up another one: reads what that one stored, and is forgotten with it', async () => {
    const folder = newFolder();
    const opened = open(folder);
    const { store, keys } = opened;
    const { key } = await fill(opened, 'one');
    await keys.share('one-r2', 'one');
    await keys.share('one-r3', 'one-r2');
    await inScopeOf('one-r3', async () => expect(await store.journal.find(key)).toEqual({ text: SECRET }));
    expect(await keys.holders('one-r2')).toEqual({ owner: 'one', runs: ['one', 'one-r2', 'one-r3'] });
    await keys.destroy('one');
    expect(await typeOf(keys.of('one-r3'))).toBe('RunForgotten');
  });

  test("a session's runs: have its key; a run that is only named like one has its own", async () => {
    const { keys } = open(newFolder());
    await keys.ofSession('talk');
    expect((await keys.of('talk.1')).of).toBe('talk');
    expect((await keys.of('talk.2/root')).of).toBe('talk');
    await keys.of('report');
    expect((await keys.of('report.1')).of).toBe('report.1');
    await keys.destroy('talk');
    expect(await typeOf(keys.of('talk.3'))).toBe('RunForgotten');
  });

  test('many processes that want a new key at once: all have the same', async () => {
    const folder = newFolder();
    const openings = Array.from({ length: 20 }, () => open(folder));
    const keys = await Promise.all(openings.map((each) => each.keys.of('one')));
    expect(new Set(keys.map(({ bytes }) => bytes.toString('hex'))).size).toBe(1);
  });

  test('rotation: old runs are read with the old key behind the new one, and without it once they are wrapped anew', async () => {
    const folder = newFolder();
    const { hash } = await fill(open(folder, encryption(true, K1)), 'old');
    const rotated = open(folder, encryption(true, K2, K1));
    await inScopeOf('old', async () =>
      expect(await rotated.store.content.get(hash)).toEqual({ text: SECRET }),
    );
    await fill(rotated, 'new');
    const onlyNew = () => open(folder, encryption(true, K2));
    const lost = onlyNew();
    await inScopeOf('old', async () =>
      expect(await typeOf(lost.store.content.get(hash))).toBe('DecryptionFailed'),
    );
    expect(await rotated.keys.rewrap()).toBe(1);
    expect(await rotated.keys.rewrap()).toBe(0);
    const found = onlyNew();
    await inScopeOf('old', async () => expect(await found.store.content.get(hash)).toEqual({ text: SECRET }));
  });

  test('a changed file: is a DecryptionFailed, and a line that was cut is not there', async () => {
    const folder = newFolder();
    const { hash, key } = await fill(open(folder), 'one');
    for (const { file } of filesIn(path.join(folder, 'objects'))) {
      const bytes = readFileSync(file);
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    }
    for (const { file } of filesIn(path.join(folder, 'journal'))) {
      const text = readFileSync(file, 'utf8').trimEnd();
      writeFileSync(file, text.slice(0, -9));
    }
    const { store } = open(folder);
    await inScopeOf('one', async () => {
      expect(await typeOf(store.content.get(hash))).toBe('DecryptionFailed');
      expect(await store.journal.find(key)).toBeUndefined();
    });
  });

  test('a store of before: is read where plaintext is allowed and not where encryption is required', async () => {
    const folder = newFolder();
    const plain = openStore({ folder }).store;
    const { hash } = await plain.content.put({ text: SECRET });
    const key = hashOf('call');
    await plain.journal.record(await plain.journal.lease(key, HOLDER), 'paid');
    const [lenient, strict] = [open(folder, encryption(false)).store, open(folder).store];
    await inScopeOf('one', async () => {
      expect(await lenient.content.get(hash)).toEqual({ text: SECRET });
      expect(await lenient.journal.find(key)).toBe('paid');
      expect(await typeOf(strict.content.get(hash))).toBe('StoredValueMissing');
      expect(await strict.journal.find(key)).toBeUndefined();
    });
  });
});

describe('encryption codec', () => {
  const run = (workflowId: string): SerializationContext => ({
    type: 'workflow',
    namespace: 'n',
    workflowId,
  });
  const payload = defaultPayloadConverter.toPayload({ text: SECRET });

  function codecOf({ dataConverter }: OpenStore) {
    const [codec] = dataConverter.payloadCodecs ?? [];
    if (codec === undefined) throw new Error('no codec');
    return codec;
  }

  test('a payload: is read by its run, by its children and by one that knows no run; its metadata name the key', async () => {
    const folder = newFolder();
    const [sealed] = await codecOf(open(folder)).encode([payload], run('one'));
    if (sealed === undefined) throw new Error('nothing');
    expect(Buffer.from(sealed.metadata?.['encryption-key-id'] ?? []).toString()).toBe('one');
    expect(Buffer.from(sealed.data ?? []).includes('Wilhelmina')).toBe(false);
    const reader = codecOf(open(folder));
    for (const context of [run('one'), run('one/root/x'), undefined]) {
      const [opened] = await reader.decode([sealed], context);
      expect(opened && defaultPayloadConverter.fromPayload(opened)).toEqual({ text: SECRET });
    }
  });

  test('a payload of another run, a changed one and a plain one: are refused', async () => {
    const codec = codecOf(open(newFolder()));
    const [sealed] = await codec.encode([payload], run('one'));
    if (sealed === undefined) throw new Error('nothing');
    const renamed = { ...sealed, metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from('two') } };
    expect(await typeOf(codec.decode([sealed], run('two')))).toBe('DecryptionFailed');
    expect(await typeOf(codec.decode([renamed], run('two')))).toBe('DecryptionFailed');
    expect(await typeOf(codec.decode([payload], run('one')))).toBe('DecryptionFailed');
  });

  test('a plain payload where encryption is optional: is read', async () => {
    const codec = codecOf(open(newFolder(), encryption(false)));
    expect(await codec.decode([payload], run('one'))).toEqual([payload]);
  });

  test('a forgotten run: its payloads are lost, wherever a copy of them is', async () => {
    const folder = newFolder();
    const opened = open(folder);
    const sealed = await codecOf(opened).encode([payload], run('one'));
    await opened.keys.destroy('one');
    expect(await typeOf(codecOf(opened).decode(sealed))).toBe('RunForgotten');
    // Whoever deletes the record altogether destroys no less.
    rmSync(path.join(folder, 'keys'), { recursive: true });
    expect(await typeOf(codecOf(open(folder)).decode(sealed))).toBe('DecryptionFailed');
  });
});
