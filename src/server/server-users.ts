import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './process-life';

/**
 * Who uses the server of a project, as files named for their processes. What a killed process left behind counts for
 * nothing. Reads and changes belong under the server's lock.
 */
export async function enterServer(directory: string): Promise<string> {
  const folder = usersFolder(directory);
  await mkdir(folder, { recursive: true });
  const user = join(folder, `${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFile(user, '');
  return user;
}

/** Takes a user away and tells whether others that are still alive remain. */
export async function leaveServer(directory: string, user: string): Promise<boolean> {
  await rm(user, { force: true });
  let used = false;
  for (const other of await readdir(usersFolder(directory)).catch(() => [])) {
    if (await isAlive(Number(other.split('-')[0]))) used = true;
    else await rm(join(usersFolder(directory), other), { force: true });
  }
  return used;
}

function usersFolder(directory: string): string {
  return join(directory, 'server-users');
}
