import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { connect } from '../../src/client/connect';
import { inLanes } from '../../src/client/in-lanes';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { createTestEnvironment } from '../../src/testing/environment';
import { openLocalStore } from '../../src/threads/local-store';
import { type BatonWorkerOptions, createBatonWorker } from '../../src/workers/create-worker';
import { misfitsOn } from '../misfits';
import { randomReply } from './random-replies';
import { RANDOM_TEAM_TOOLS } from './random-team-tools';
import { type LiveCase, type LiveFault, runLive } from './run-live';

const STOPS_WITHIN_MS = 60_000;

export interface LiveReport {
  readonly faults: readonly LiveFault[];
  /** Executions whose histories do not replay, one line each. */
  readonly misfits: readonly string[];
}

/** Runs cases on a real server with one worker whose model is scripted, so many at one time. */
export async function runAllLive(
  cases: readonly LiveCase[],
  lanes: number,
  workflowBundle?: BatonWorkerOptions['workflowBundle'],
): Promise<LiveReport> {
  const environment = await createTestEnvironment();
  const folder = await mkdtemp(join(tmpdir(), 'baton-random-teams-'));
  const { nativeConnection, namespace = 'default' } = environment;
  const taskQueue = `random-teams-${randomUUID()}`;
  const worker = await createBatonWorker({
    connection: nativeConnection,
    namespace,
    taskQueue,
    store: openLocalStore({ folder }),
    models: oneModel(scripted(randomReply)),
    tools: RANDOM_TEAM_TOOLS,
    shutdownGraceMs: 100,
    ...(workflowBundle === undefined ? {} : { workflowBundle }),
  });
  const ended = worker.run();
  try {
    const connection = environment.connection as Connection;
    const client = await connect({ connection, namespace, taskQueue, store: { folder } });
    const faults = await inLanes(cases, lanes, (live) => runLive(client, live));
    return {
      faults: faults.filter((fault) => fault !== undefined),
      misfits: await misfitsOn(client, workflowBundle && { workflowBundle }),
    };
  } finally {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    // A run that stands still may hold its worker for ever; what was found is told all the same.
    await Promise.race([ended, setTimeout(STOPS_WITHIN_MS, undefined, { ref: false })]);
    await environment.teardown();
    await rm(folder, { recursive: true, force: true });
  }
}
