import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { failureType } from '../../src/contract/fail';
import { hashOf } from '../../src/contract/hash';
import { inline } from '../../src/contract/value';
import { inScopeOf } from '../../src/threads/data-scope';
import type { OpenStore } from '../../src/threads/open-store';
import { ownerOfLog } from '../../src/threads/sealed-files';
import { openStoreFromEnvironment } from '../../src/threads/store-from-environment';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();
const KEYS = `k1:${randomBytes(32).toString('base64')}`;
const WORD = 'Wilhelmina';
const HOLDER = { activity: 'a', attempt: 1 };
const HOUR = 60 * 60_000;
const shelf = { name: hashOf('shelf'), ttlMs: HOUR };
const briefly = { name: hashOf('brief'), ttlMs: 1 };

const plain = (folder: string): NodeJS.ProcessEnv => ({ BATON_STORE: folder });
const sealed = (folder: string): NodeJS.ProcessEnv => ({ BATON_STORE: folder, BATON_KEYS: KEYS });

function keysOf({ keys }: OpenStore): NonNullable<OpenStore['keys']> {
  if (keys === undefined) throw new Error('nothing is encrypted');
  return keys;
}

/** One of everything that a store keeps, in one run. Returns a reader of all of it. */
async function fill({ store, dataConverter }: OpenStore, run: string) {
  const driver = dataConverter.externalStorage?.getDriver('baton-store');
  const [codec] = dataConverter.payloadCodecs ?? [];
  const plainPayload = defaultPayloadConverter.toPayload(`${run} ${WORD}`);
  const context = { type: 'workflow', namespace: 'default', workflowId: run } as const;
  const payloads = (await codec?.encode([plainPayload], context)) ?? [plainPayload];
  const claims = (await driver?.store({}, payloads)) ?? [];
  const key = hashOf({ call: run });
  const state = { scope: 'run', owner: run, key: 'patient' } as const;
  const { hash, head } = await inScopeOf(run, async () => {
    const incident = { run, team: 't', path: 'root', at: 1, route: null, opinions: [] };
    await store.incidents.record({ ...incident, input: inline(run) });
    await store.journal.record(await store.journal.lease(key, HOLDER), { run, text: WORD });
    await store.state.put(state, { value: run, at: 1, by: 'root' }, '1');
    const text = `${run} ${WORD.repeat(200)}`;
    return {
      hash: (await store.content.put({ run, text: WORD })).hash,
      head: await store.threads.append(null, [{ role: 'user', content: [{ type: 'text', text }] }]),
    };
  });
  await store.replies.keep(shelf, { run, reply: run });
  return (opened: OpenStore) =>
    inScopeOf(run, async () => ({
      value: await opened.store.content.get(hash),
      messages: (await opened.store.threads.read(head)).length,
      reply: (await opened.store.replies.find(shelf)).includes(run),
      call: await opened.store.journal.find(key),
      state: (await opened.store.state.history(state)).length,
      payload: await opened.dataConverter.externalStorage
        ?.getDriver('baton-store')
        ?.retrieve({}, claims)
        .then((found) => found.length),
    }));
}

const whole = (run: string) => ({
  value: { run, text: WORD },
  messages: 1,
  reply: true,
  call: { run, text: WORD },
  state: 1,
  payload: 1,
});

const passed = (ms: number) => ({ now: Date.now() + ms });

describe.each([
  ['in the clear', plain],
  ['sealed', sealed],
] as const)('pruning a store %s', (_, envOf) => {
  test('replies whose time is over: go with their logs; what is still found and all else stays', async () => {
    const folder = newFolder();
    const opened = openStoreFromEnvironment(envOf(folder));
    const read = await fill(opened, 'one');
    for (let n = 0; n < 5; n++) await opened.store.replies.keep(briefly, { run: 'one', reply: n });
    const cached = () => filesIn(path.join(folder, 'cached')).length;
    expect(cached()).toBe(6);
    const before = filesIn(folder).length;
    const dry = await opened.prune({ dryRun: true, ...passed(1000) });
    expect(filesIn(folder)).toHaveLength(before);
    const pruned = await opened.prune(passed(1000));
    expect(pruned).toEqual(dry);
    expect(pruned).toMatchObject({ forgotten: 0, complete: true });
    expect(cached()).toBe(1);
    expect(filesIn(path.join(folder, 'replies'))).toHaveLength(1);
    expect(filesIn(folder)).toHaveLength(before - pruned.expired);
    expect(await read(openStoreFromEnvironment(envOf(folder)))).toEqual(whole('one'));
    expect(await opened.prune(passed(1000))).toMatchObject({ expired: 0 });
    expect(await opened.prune(passed(3 * HOUR))).toMatchObject({ expired: 2 });
    expect(cached()).toBe(0);
  });

  test('a limit: is kept, and the next time goes on', async () => {
    const opened = openStoreFromEnvironment(envOf(newFolder()));
    for (let n = 0; n < 6; n++) await opened.store.replies.keep(shelf, { run: 'one', reply: n });
    const later = { limit: 4, ...passed(3 * HOUR) };
    expect(await opened.prune(later)).toEqual({ expired: 4, forgotten: 0, complete: false });
    expect(await opened.prune(later)).toMatchObject({ expired: 3, complete: true });
  });

  test('replies kept and asked for meanwhile: none fails, and what is not over is found', async () => {
    const opened = openStoreFromEnvironment(envOf(newFolder()));
    const work = Array.from({ length: 60 }, async (_each, n) => {
      await opened.store.replies.keep(n % 2 === 0 ? shelf : briefly, { run: `run-${n % 3}`, reply: n });
      if (n % 7 === 0) await opened.prune();
      await opened.store.replies.find(briefly);
    });
    await Promise.all(work);
    await opened.prune();
    const found = (await opened.store.replies.find(shelf)).toSorted(
      (one, other) => Number(one) - Number(other),
    );
    expect(found).toEqual(Array.from({ length: 30 }, (_each, n) => 2 * n));
  });
});

describe('pruning forgotten runs', () => {
  test('all that their keys had sealed goes; other runs lose nothing, and the name stays forgotten', async () => {
    const folder = newFolder();
    const opened = openStoreFromEnvironment(sealed(folder));
    const before = await opened.prune();
    expect(before).toEqual({ expired: 0, forgotten: 0, complete: true });
    await fill(opened, 'gone');
    const gone = filesIn(folder).length;
    // A run whose name the other's is the beginning of, and one that shares its key.
    const read = await fill(opened, 'gone-2');
    await keysOf(opened).share('gone-r2', 'gone');
    const readShared = await fill(opened, 'gone-r2');
    const files = filesIn(folder).length;
    expect(await readShared(opened)).toEqual(whole('gone-r2'));
    await keysOf(opened).destroy('gone');
    const { forgotten, complete } = await openStoreFromEnvironment(sealed(folder)).prune();
    expect(complete).toBe(true);
    // But for the key's place and the shelf's log, twice what one run had.
    expect(forgotten).toBe(2 * (gone - 3));
    expect(filesIn(folder)).toHaveLength(files - forgotten);
    const later = openStoreFromEnvironment(sealed(folder));
    expect(await read(later)).toEqual(whole('gone-2'));
    for (const run of ['gone', 'gone-r2'])
      expect(
        failureType(
          await keysOf(later)
            .of(run)
            .catch((error: unknown) => error),
        ),
      ).toBe('RunForgotten');
    // Once nobody can write for them any more they are not looked for again.
    await later.prune();
    expect(await keysOf(later).destroyed()).toHaveLength(1);
    await later.prune(passed(HOUR / 2));
    expect(await keysOf(later).destroyed()).toEqual([]);
  });
});

test("a log whose first line was cut within the name of its run: is taken for no other run's", () => {
  const name = (run: string) => Buffer.from(run).toString('base64url');
  const cut = name('gone-2').slice(0, name('gon').length);
  expect(Buffer.from(cut, 'base64url').toString()).toBe('gon');
  expect(ownerOfLog(Buffer.from(`\n${cut}\n`))).toBeUndefined();
  expect(ownerOfLog(Buffer.from(`\n${cut}\n${name('gone-2')} c2VhbGVk\n`))).toBe('gone-2');
});

test.each([1, 2, 7, 13, 19])(
  'killed with SIGKILL at its removal number %i: what is alive stays whole, and the next time removes the rest',
  async (last) => {
    const folder = newFolder();
    const opened = openStoreFromEnvironment(sealed(folder));
    const read = await fill(opened, 'alive');
    await fill(opened, 'gone');
    for (let n = 0; n < 10; n++) {
      const kept = { run: n % 2 === 0 ? 'alive' : 'gone', reply: n };
      await opened.store.replies.keep(briefly, kept);
    }
    await keysOf(opened).destroy('gone');
    const expected = await opened.prune({ dryRun: true, ...passed(10) });
    const files = filesIn(folder).length;
    const children = path.join(__dirname, 'children');
    const hook = path.join(children, 'typescript-hook.js');
    const child = spawnSync(
      process.execPath,
      ['-r', hook, path.join(children, 'prune-and-die.js'), String(last)],
      {
        env: { ...process.env, ...sealed(folder) },
        encoding: 'utf8',
      },
    );
    expect(child).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    expect(filesIn(folder)).toHaveLength(files - (last - 1));
    expect(await read(openStoreFromEnvironment(sealed(folder)))).toEqual(whole('alive'));
    const rest = await openStoreFromEnvironment(sealed(folder)).prune();
    expect(rest.expired + rest.forgotten).toBe(expected.expired + expected.forgotten - (last - 1));
    expect(filesIn(path.join(folder, 'cached'))).toHaveLength(1);
    expect(await read(openStoreFromEnvironment(sealed(folder)))).toEqual(whole('alive'));
  },
);
