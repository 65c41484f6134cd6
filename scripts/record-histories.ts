import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Command } from 'commander';
import { connect } from '../src/client/connect';
import { oneModel } from '../src/models/models';
import { scripted } from '../src/models/scripted';
import { packageRoot } from '../src/server/package-root';
import { createTestEnvironment } from '../src/testing/environment';
import { openLocalStore } from '../src/threads/local-store';
import { createBatonWorker } from '../src/workers/create-worker';
import { quietRuntime } from './quiet-runtime';
import { APPROVAL_RECORDINGS } from './record/approval-recordings';
import { DAG_RECORDINGS } from './record/dag-recordings';
import { DECIDING_RECORDINGS } from './record/deciding-recordings';
import { downloadHistories } from './record/download-histories';
import { EARLY_END_RECORDINGS } from './record/early-end-recordings';
import { ENGINE_RECORDINGS } from './record/engine-recordings';
import { exampleRecordings } from './record/example-recordings';
import { MAP_RECORDINGS } from './record/map-recordings';
import { PEERS_RECORDINGS } from './record/peers-recordings';
import type { Recording } from './record/recording';
import { REGISTRY_RECORDINGS } from './record/registry-recordings';
import { ROUTE_RECORDINGS } from './record/route-recordings';
import { SAGA_RECORDINGS } from './record/saga-recordings';
import { SESSION_RECORDINGS } from './record/session-recordings';

const HISTORIES = join(packageRoot(), 'test', 'replay', 'histories');
const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** Plays every recording on a server in memory and writes its histories under test/replay/histories/<label>. */
async function main(): Promise<void> {
  const command = new Command('record-histories')
    .argument('<label>', 'folder of these histories: the version whose runs they are, such as 0.1.0')
    .option('--again', 'replace histories of that label, which no released version has written')
    .parse();
  const [label = ''] = command.args;
  const target = join(HISTORIES, label);
  if (existsSync(target) && command.opts<{ again?: boolean }>().again !== true)
    throw new Error(`${target} exists: recorded histories stay as old runs wrote them. Take a new label.`);
  await rm(target, { recursive: true, force: true });
  quietRuntime();
  const environment = await createTestEnvironment();
  try {
    for (const recording of [
      ...APPROVAL_RECORDINGS,
      ...(await exampleRecordings()),
      ...ENGINE_RECORDINGS,
      ...DAG_RECORDINGS,
      ...MAP_RECORDINGS,
      ...PEERS_RECORDINGS,
      ...DECIDING_RECORDINGS,
      ...ROUTE_RECORDINGS,
      ...REGISTRY_RECORDINGS,
      ...SESSION_RECORDINGS,
      ...SAGA_RECORDINGS,
      ...EARLY_END_RECORDINGS,
    ]) {
      const count = await record(environment, recording, join(target, recording.name));
      console.log(`${recording.name}: ${count} ${count === 1 ? 'history' : 'histories'}`);
    }
  } finally {
    await environment.teardown();
  }
}

async function record(
  environment: TestWorkflowEnvironment,
  { name, tools, replies, play }: Recording,
  target: string,
): Promise<number> {
  const { connection, nativeConnection, namespace = 'default' } = environment;
  const folder = await mkdtemp(join(tmpdir(), 'baton-record-'));
  const taskQueue = `record-${name}`;
  const worker = await createBatonWorker({
    connection: nativeConnection,
    namespace,
    taskQueue,
    tools,
    store: openLocalStore({ folder }),
    models: oneModel(scripted(replies), { price: FREE }),
    shutdownGraceMs: 100,
  });
  const ended = worker.run();
  try {
    const client = await connect({ connection, namespace, taskQueue, store: { folder } });
    return await downloadHistories(client, await play(client), target);
  } finally {
    worker.shutdown();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
