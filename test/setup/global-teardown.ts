import { rm } from 'node:fs/promises';
import { stopProjectServer } from '../../src/server/connect-or-start';
import { runDirectory } from './folders';

/** Leaves nothing of this run behind: neither its server nor its folder. */
export default async function globalTeardown(): Promise<void> {
  await stopProjectServer(runDirectory());
  await rm(runDirectory(), { recursive: true, force: true });
}
