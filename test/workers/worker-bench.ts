import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import type { Json } from '../../src/contract/json';
import { WORKFLOW_TYPES } from '../../src/contract/names';
import { RUN_FORMAT, type RunInput, type RunResult, type RunSettings } from '../../src/contract/run/run';
import { teamSchema } from '../../src/contract/team/team';
import { inline } from '../../src/contract/value';
import type { Encryption } from '../../src/secrets/encryption-from-environment';
import { createTestEnvironment } from '../../src/testing/environment';
import { openStore } from '../../src/threads/open-store';
import type { Store } from '../../src/threads/store';
import { type BatonWorkerOptions, createBatonWorker } from '../../src/workers/create-worker';
import { workflowBundle } from '../setup/workflow-bundle';

/** Failures are what several of these tests are about; their logs would bury the report. A file that reads them installs its own. */
function keepQuiet(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalStateError') throw error;
  }
}

type Means = Pick<BatonWorkerOptions, 'models'> & Partial<BatonWorkerOptions>;

/** A server, a store and a task queue of one test file's own, and the workers that it starts. */
export interface WorkerBench {
  readonly store: Store;
  /** Where the store is. */
  readonly folder: string;
  readonly taskQueue: string;
  readonly environment: TestWorkflowEnvironment;
  startWorker(means: Means): Promise<RunningWorker>;
  startRun(team: unknown, input: Json, settings?: Partial<RunSettings>): Promise<WorkflowHandle<Run>>;
  close(): Promise<void>;
}

export interface RunningWorker {
  readonly worker: Worker;
  stop(): Promise<void>;
}

type Run = (input: RunInput) => Promise<RunResult>;

/** With `encryption` everything is encrypted, and its bundle is the one that `npm run build` made for that. */
export async function openWorkerBench(encryption?: Encryption): Promise<WorkerBench> {
  keepQuiet();
  const environment = await createTestEnvironment();
  const folder = mkdtempSync(path.join(tmpdir(), 'baton-workers-'));
  const { store, dataConverter } = openStore({
    folder,
    ...(encryption === undefined ? {} : { encryption }),
  });
  const bundle = encryption === undefined ? 'workflow-bundle.js' : 'workflow-bundle-encrypted.js';
  const taskQueue = `workers-${randomUUID()}`;
  const running: RunningWorker[] = [];
  return {
    store,
    folder,
    taskQueue,
    environment,
    startWorker: async (means) => {
      const worker = await createBatonWorker({
        connection: environment.nativeConnection,
        namespace: environment.namespace ?? 'default',
        taskQueue,
        store,
        tools: [],
        workflowBundle: workflowBundle(bundle),
        dataConverter,
        shutdownGraceMs: 100,
        ...means,
      });
      const ended = worker.run();
      let stopped: Promise<void> | undefined;
      const stop = (): Promise<void> => {
        if (stopped === undefined) {
          worker.shutdown();
          stopped = ended;
        }
        return stopped;
      };
      const started = { worker, stop };
      running.push(started);
      return started;
    },
    startRun: (team, input, settings) =>
      environment.client.workflow.start<Run>(WORKFLOW_TYPES.team, {
        taskQueue,
        workflowId: `run-${randomUUID()}`,
        args: [runInput(team, input, settings)],
      }),
    close: async () => {
      await Promise.all(running.map((worker) => worker.stop()));
      await environment.teardown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function runInput(team: unknown, input: Json, settings: Partial<RunSettings> = {}): RunInput {
  return {
    format: RUN_FORMAT,
    team: teamSchema.parse(team),
    input: inline(input),
    settings: {
      heartbeatTimeoutMs: 2000,
      patienceMs: 60_000,
      maxHistoryEvents: 2000,
      searchAttributes: false,
      ...settings,
    },
  };
}
