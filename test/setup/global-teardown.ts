import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stopProjectServer } from '../../src/server/connect-or-start';

/** Leaves nothing of this run behind: neither its server nor its folder. */
export default async function globalTeardown(): Promise<void> {
  const directory = resolve('.baton', 'test-runs', String(process.pid));
  await stopProjectServer(directory);
  await rm(directory, { recursive: true, force: true });
}
