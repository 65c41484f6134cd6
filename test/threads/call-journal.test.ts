import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { failureType } from '../../src/contract/fail';
import { hashOf } from '../../src/contract/hash';
import { openLocalStore } from '../../src/threads/local-store';
import type { CallJournal } from '../../src/threads/store';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();
const key = hashOf('a call');

function newJournal(): CallJournal {
  return openLocalStore({ folder: newFolder() }).journal;
}

async function typeOf(action: Promise<unknown>): Promise<string | undefined> {
  return failureType(await action.then(() => undefined).catch((thrown: unknown) => thrown));
}

describe('call journal', () => {
  test('a result: is found by its key in every process, and is all in one small file', async () => {
    const folder = newFolder();
    const { journal } = openLocalStore({ folder });
    expect(await journal.find(key)).toBeUndefined();
    const lease = await journal.lease(key, { activity: 'a', attempt: 1 });
    expect(await journal.record(lease, { text: 'hello' })).toEqual({ text: 'hello' });
    expect(await openLocalStore({ folder }).journal.find(key)).toEqual({ text: 'hello' });
    const files = filesIn(folder);
    expect(files).toHaveLength(1);
    expect(files[0]?.bytes).toBeLessThan(200);
  });

  test.each([null, false, 0, ''])('a result of %j: is a result', async (result) => {
    const journal = newJournal();
    await journal.record(await journal.lease(key, { activity: 'a', attempt: 1 }), result);
    expect(await journal.find(key)).toBe(result);
  });

  test('a higher attempt: takes over, and the older one can neither report nor come back', async () => {
    const journal = newJournal();
    const first = await journal.lease(key, { activity: 'a', attempt: 1 });
    const second = await journal.lease(key, { activity: 'a', attempt: 2 });
    expect(await typeOf(journal.record(first, 'late'))).toBe('StaleAttempt');
    expect(await typeOf(journal.lease(key, { activity: 'a', attempt: 1 }))).toBe('StaleAttempt');
    expect(await journal.record(second, 'right')).toBe('right');
  });

  test('an older attempt: gets the result where one was recorded', async () => {
    const journal = newJournal();
    const first = await journal.lease(key, { activity: 'a', attempt: 1 });
    const second = await journal.lease(key, { activity: 'a', attempt: 2 });
    await journal.record(second, 'right');
    expect(await journal.record(first, 'late')).toBe('right');
    expect(await journal.find(key)).toBe('right');
  });

  test('another activity: takes over as a resumed run does, and keeps old attempts of both out', async () => {
    const journal = newJournal();
    const before = await journal.lease(key, { activity: 'a', attempt: 3 });
    const after = await journal.lease(key, { activity: 'b', attempt: 1 });
    expect(await typeOf(journal.record(before, 'late'))).toBe('StaleAttempt');
    expect(await typeOf(journal.lease(key, { activity: 'a', attempt: 2 }))).toBe('StaleAttempt');
    expect(await journal.record(after, 'right')).toBe('right');
  });

  test('an attempt that never took the lease: cannot record', async () => {
    const journal = newJournal();
    expect(
      await typeOf(journal.record({ key, holder: { activity: 'a', attempt: 1 }, unsettled: [] }, 'x')),
    ).toBe('StaleAttempt');
    expect(await journal.find(key)).toBeUndefined();
  });

  test('an intent without a result: stops every later attempt, of any activity', async () => {
    const journal = newJournal();
    const first = await journal.lease(key, { activity: 'a', attempt: 1 });
    await journal.intend(first, { tool: 'pay' });
    const second = await journal.lease(key, { activity: 'a', attempt: 2 });
    expect(await typeOf(journal.intend(second, { tool: 'pay' }))).toBe('EffectAmbiguous');
    const other = await journal.lease(key, { activity: 'b', attempt: 1 });
    expect(await typeOf(journal.intend(other, { tool: 'pay' }))).toBe('EffectAmbiguous');
    expect(await typeOf(journal.intend(other, { tool: 'pay' }))).toBe('EffectAmbiguous');
    expect(await typeOf(journal.record(first, 'late'))).toBe('StaleAttempt');
  });

  test('an intent of an overtaken attempt: is refused and stops nobody', async () => {
    const journal = newJournal();
    const first = await journal.lease(key, { activity: 'a', attempt: 1 });
    const second = await journal.lease(key, { activity: 'a', attempt: 2 });
    expect(await typeOf(journal.intend(first, null))).toBe('StaleAttempt');
    await journal.intend(second, null);
    expect(await journal.record(second, 'paid')).toBe('paid');
  });

  test('a result that another recorded meanwhile: stops the lease and the intent, so that no call is made again', async () => {
    const journal = newJournal();
    const first = await journal.lease(key, { activity: 'a', attempt: 1 });
    await journal.intend(first, null);
    await journal.record(first, 'paid');
    expect(await typeOf(journal.intend(first, null))).toBe('StaleAttempt');
    expect(await typeOf(journal.lease(key, { activity: 'a', attempt: 2 }))).toBe('StaleAttempt');
    expect(await typeOf(journal.lease(key, { activity: 'b', attempt: 1 }))).toBe('StaleAttempt');
    expect(await journal.record(first, 'paid again')).toBe('paid');
    expect(await journal.find(key)).toBe('paid');
  });

  test('a large result: comes back whole and its log stays short', async () => {
    const folder = newFolder();
    const { journal } = openLocalStore({ folder });
    const result = { text: 'x'.repeat(400_000) };
    expect(await journal.record(await journal.lease(key, { activity: 'a', attempt: 1 }), result)).toEqual(
      result,
    );
    expect(await openLocalStore({ folder }).journal.find(key)).toEqual(result);
    expect(filesIn(path.join(folder, 'journal'))[0]?.bytes).toBeLessThan(300);
  });

  test('a line cut by a crash: spoils neither the lines before nor those after', async () => {
    const folder = newFolder();
    const { journal } = openLocalStore({ folder });
    await journal.lease(key, { activity: 'a', attempt: 2 });
    const log = path.join(folder, 'journal', key);
    writeFileSync(log, '\n{"kind":"lease","activity":"a","att', { flag: 'a' });
    expect(await typeOf(journal.lease(key, { activity: 'a', attempt: 1 }))).toBe('StaleAttempt');
    expect(await journal.record(await journal.lease(key, { activity: 'a', attempt: 3 }), 'ok')).toBe('ok');
  });

  test('a result cut at any byte: is no result, and the next attempt records its own', async () => {
    const folder = newFolder();
    const { journal } = openLocalStore({ folder });
    await journal.record(await journal.lease(key, { activity: 'a', attempt: 1 }), { text: 'hello' });
    const file = path.join(folder, 'journal', key);
    const whole = readFileSync(file);
    const lastBrace = whole.lastIndexOf('}');
    for (let length = whole.lastIndexOf('\n', lastBrace); length <= lastBrace; length++) {
      writeFileSync(file, whole.subarray(0, length));
      expect(await journal.find(key)).toBeUndefined();
      const next = await journal.lease(key, { activity: 'a', attempt: 2 });
      expect(await journal.record(next, 'again')).toBe('again');
    }
  });

  test('durability power: keeps the same promises', async () => {
    const { journal } = openLocalStore({ folder: newFolder(), durability: 'power' });
    const lease = await journal.lease(key, { activity: 'a', attempt: 1 });
    await journal.intend(lease, null);
    expect(await journal.record(lease, 1)).toBe(1);
    expect(await journal.find(key)).toBe(1);
  });

  test('a key that is no hash: is refused before it becomes a path', async () => {
    await expect(newJournal().find('../../etc/passwd')).rejects.toThrow('hashOf');
  });
});
