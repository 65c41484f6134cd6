import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ensureServer, stopProjectServer } from '../../src/server/connect-or-start';
import { findTemporal } from '../../src/server/find-temporal';
import { findTestServer } from '../../src/server/find-test-server';
import { isAlive } from '../../src/server/process-life';
import { publishTestServers } from './test-servers';

const BATON_DIRECTORY = resolve('.baton');
const RUNS_DIRECTORY = join(BATON_DIRECTORY, 'test-runs');

/** Starts the one dev server that all tests of this run share, whatever the developer's own Temporal settings are. */
export default async function globalSetup(): Promise<void> {
  await sweepAbandonedRuns();
  const directory = join(RUNS_DIRECTORY, String(process.pid));
  const cacheDirectory = join(BATON_DIRECTORY, 'bin');
  const search = { env: process.env, cacheDirectory, report: (line: string) => console.error(line) };
  const temporal = await findTemporal(search);
  const timeSkippingServer = await findTestServer(search);
  const server = await ensureServer({
    env: {},
    directory,
    cacheDirectory,
    durability: 'memory',
    preferredPorts: [0, 0],
  });
  const { address, namespace } = server;
  publishTestServers({ address, namespace, timeSkippingServer, temporal, cacheDirectory });
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
