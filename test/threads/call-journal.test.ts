import { truncateSync, writeFileSync } from 'node:fs';
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
  test('a result: is found by its key in every process, and its lease leaves nothing behind', async () => {
    const folder = newFolder();
    const { journal } = openLocalStore({ folder });
    expect(await journal.find(key)).toBeUndefined();
    const lease = await journal.lease(key, { activity: 'a', attempt: 1 });
    expect(await journal.record(lease, { text: 'hello' })).toEqual({ text: 'hello' });
    expect(await openLocalStore({ folder }).journal.find(key)).toEqual({ text: 'hello' });
    expect(filesIn(folder)).toHaveLength(1);
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
    expect(await typeOf(journal.record({ key, holder: { activity: 'a', attempt: 1 } }, 'x'))).toBe(
      'StaleAttempt',
    );
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

  test('an intent after a result: is refused, so that the effect is not caused again', async () => {
    const journal = newJournal();
    const first = await journal.lease(key, { activity: 'a', attempt: 1 });
    await journal.intend(first, null);
    await journal.record(first, 'paid');
    const second = await journal.lease(key, { activity: 'a', attempt: 2 });
    expect(await typeOf(journal.intend(second, null))).toBe('StaleAttempt');
    expect(await journal.record(second, 'paid again')).toBe('paid');
  });

  test('a line cut by a crash: spoils neither the lines before nor those after', async () => {
    const folder = newFolder();
    const { journal } = openLocalStore({ folder });
    await journal.lease(key, { activity: 'a', attempt: 2 });
    const log = path.join(folder, 'journal', key.slice(0, 2), `${key}.log`);
    writeFileSync(log, '\n{"kind":"lease","activity":"a","att', { flag: 'a' });
    expect(await typeOf(journal.lease(key, { activity: 'a', attempt: 1 }))).toBe('StaleAttempt');
    expect(await journal.record(await journal.lease(key, { activity: 'a', attempt: 3 }), 'ok')).toBe('ok');
  });

  test('a result lost with the power: is no result, and is recorded anew', async () => {
    const folder = newFolder();
    const { journal } = openLocalStore({ folder });
    await journal.record(await journal.lease(key, { activity: 'a', attempt: 1 }), { text: 'hello' });
    truncateSync(path.join(folder, 'journal', key.slice(0, 2), `${key}.json`), 0);
    expect(await journal.find(key)).toBeUndefined();
    const next = await journal.lease(key, { activity: 'a', attempt: 2 });
    expect(await journal.record(next, { text: 'again' })).toEqual({ text: 'again' });
    expect(await journal.find(key)).toEqual({ text: 'again' });
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
