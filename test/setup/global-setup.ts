import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureServer, stopProjectServer } from '../../src/server/connect-or-start';
import { findTestServer } from '../../src/server/find-test-server';
import { isAlive } from '../../src/server/process-life';
import { publishTestServers } from '../../src/testing/test-servers';
import { CACHE_DIRECTORY, RUNS_DIRECTORY, runDirectory } from './folders';

/** Starts the one dev server that all tests of this run share, whatever the developer's own Temporal settings are. */
export default async function globalSetup(): Promise<void> {
  await sweepAbandonedRuns();
  const report = (line: string): void => console.error(line);
  const timeSkippingServer = await findTestServer({
    env: process.env,
    cacheDirectory: CACHE_DIRECTORY,
    report,
  });
  const { address, namespace } = await ensureServer({
    env: {},
    directory: runDirectory(),
    cacheDirectory: CACHE_DIRECTORY,
    durability: 'memory',
    preferredPorts: [0, 0],
    report,
  });
  publishTestServers({ address, namespace, timeSkippingServer });
}

/** A test run that was killed could not stop its server. */
async function sweepAbandonedRuns(): Promise<void> {
  await mkdir(RUNS_DIRECTORY, { recursive: true });
  for (const run of await readdir(RUNS_DIRECTORY)) {
    if (await isAlive(Number(run))) continue;
    const directory = join(RUNS_DIRECTORY, run);
    await stopProjectServer(directory);
    await rm(directory, { recursive: true, force: true });
  }
}
