import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { type BatonClient, connect } from '../../src/client/connect';
import type { FinishedRun } from '../../src/client/result';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import { oneModel } from '../../src/models/models';
import { type ReplyFunction, type ScriptedProvider, scripted } from '../../src/models/scripted';
import { createTestEnvironment } from '../../src/testing/environment';
import { openLocalStore } from '../../src/threads/local-store';
import type { Tool } from '../../src/tools/tool';
import { createBatonWorker } from '../../src/workers/create-worker';
import { workflowBundle } from '../setup/workflow-bundle';

/** A worker with one example's tools and offline replies, on the real server of the test run. */
export interface ExampleStage {
  readonly client: BatonClient;
  readonly provider: ScriptedProvider;
  /** Runs a team to its end; its questions are approved under that name. */
  run(team: Team, input: Json, approveBy?: string): Promise<FinishedRun>;
  close(): Promise<void>;
}

// Failures are what several of these tests are about; their logs would bury the report.
Runtime.install({ logger: new DefaultLogger('ERROR') });

const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

export async function openExample(means: {
  readonly tools: readonly Tool[];
  readonly offline: ReplyFunction;
}): Promise<ExampleStage> {
  const environment = await createTestEnvironment();
  const folder = await mkdtemp(join(tmpdir(), 'baton-example-'));
  const store = openLocalStore({ folder });
  const taskQueue = `example-${randomUUID()}`;
  const namespace = environment.namespace ?? 'default';
  const provider = scripted(means.offline);
  const worker = await createBatonWorker({
    connection: environment.nativeConnection,
    namespace,
    taskQueue,
    store,
    models: oneModel(provider, { price: FREE }),
    tools: means.tools,
    workflowBundle: workflowBundle(),
    shutdownGraceMs: 100,
  });
  const ended = worker.run();
  const { connection } = environment;
  const client = await connect({ connection, namespace, taskQueue, store: { folder } });
  return {
    client,
    provider,
    run: async (team, input, approveBy) => {
      const { run } = await client.start(team, input);
      for await (const { approvals } of client.watch(run)) {
        const open = approvals.find(({ decision }) => decision === undefined);
        if (open === undefined || approveBy === undefined) continue;
        const { id, hash } = open;
        await client.decide({ approval: id, hash, verdict: 'approve', by: approveBy }, { run });
      }
      return client.result(run);
    },
    close: async () => {
      worker.shutdown();
      await ended;
      await environment.teardown();
      await rm(folder, { recursive: true });
    },
  };
}

/** The tools as `checkTeam` is told of them. */
export function knownTools(tools: readonly Tool[]): Readonly<Record<string, Tool>> {
  return Object.fromEntries(tools.map((tool) => [tool.name, tool]));
}
