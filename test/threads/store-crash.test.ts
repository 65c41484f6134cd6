import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { hashOf } from '../../src/contract/hash';
import { openLocalStore } from '../../src/threads/local-store';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();
const children = path.join(__dirname, 'children');

function start(script: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  const hook = path.join(children, 'typescript-hook.js');
  return spawn(process.execPath, ['-r', hook, path.join(children, script), ...args]);
}

describe('store with several processes', () => {
  test('killed writers: leave no torn value, and everything they had finished is there', async () => {
    const folder = newFolder();
    const heads: string[] = [];
    for (const finished of [3, 14, 41]) {
      const child = start('write-for-ever.ts', [folder]);
      const closed = once(child, 'close');
      let seen = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        if (line.length === 64) heads.push(line);
        if (++seen === finished) child.kill('SIGKILL');
      }
      await closed;
    }
    const { content, threads, journal, replies } = openLocalStore({ folder });
    for (const head of heads) {
      expect((await threads.read(head)).length).toBeGreaterThan(0);
      expect(await journal.find(head)).toMatchObject({ turn: expect.any(Number) });
    }
    const shelf = { name: hashOf('shelf'), ttlMs: 60 * 60_000 };
    const cached = (await replies.find(shelf)).map((reply) => (reply as { head: string }).head);
    expect(cached).toEqual(expect.arrayContaining(heads));
    const objects = filesIn(path.join(folder, 'objects'));
    expect(objects.length).toBeGreaterThan(heads.length);
    // Reading checks the bytes against the name.
    for (const { file } of objects) await content.get(path.basename(file));
  });

  test('several recorders of the same calls: all see the one that was first', async () => {
    const folder = newFolder();
    const keys = 300;
    const recorders = Array.from({ length: 4 }, () => start('record-once.ts', [folder, String(keys)]));
    const lines = recorders.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    for (const line of lines) expect((await line.next()).value).toBe('ready');
    for (const child of recorders) child.stdin.write('go\n');
    const answers: string[][] = await Promise.all(
      lines.map(async (line) => JSON.parse(String((await line.next()).value))),
    );
    const { journal } = openLocalStore({ folder });
    for (let n = 0; n < keys; n++) {
      const held = await journal.find(hashOf(n));
      expect(held).toMatch(/^process \d+$/);
      for (const answer of answers) expect([held, 'overtaken']).toContain(answer[n]);
    }
    expect(new Set(answers.flat()).size).toBeGreaterThan(1);
  });
});
