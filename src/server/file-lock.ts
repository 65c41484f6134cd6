import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './process-life';

const POLL_MS = 50;

/**
 * Runs `work` while no other process of this machine holds the lock; waits for as long as the holder lives.
 * A lock whose holder died (crash, SIGKILL) is taken over.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(mine, String(process.pid));
  try {
    while (!(await take(mine, file))) {
      await removeIfAbandoned(file, mine);
      await sleep(POLL_MS);
    }
    try {
      return await work();
    } finally {
      await unlink(file);
    }
  } finally {
    await unlink(mine);
  }
}

/** A hard link is made whole or not at all, so the lock never exists without its holder's id. */
function take(mine: string, file: string): Promise<boolean> {
  return link(mine, file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function removeIfAbandoned(file: string, mine: string): Promise<void> {
  const holder = await readHolder(file);
  if (holder === undefined || (await isAlive(holder))) return;
  const aside = `${mine}.abandoned`;
  // Several waiters see the same dead holder; the rename lets one of them remove it. If that one came late and moved
  // a new holder's lock instead, it puts the lock back.
  const moved = await rename(file, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await readHolder(aside)) !== holder) await link(aside, file).catch(() => undefined);
  await unlink(aside);
}

async function readHolder(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}
