import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { type AgentRegistry, agentRegistry } from '../../../src/client/agents';
import { type BatonClient, connect } from '../../../src/client/connect';
import { failure } from '../../../src/contract/fail';
import { REGISTRY_QUERY, REPORT_SIGNAL } from '../../../src/contract/names';
import { type AgentFigures, NO_FIGURES, registryOf } from '../../../src/contract/registry/registry';
import type { RegistryTerms, RegistryView } from '../../../src/contract/registry/registry-messages';
import { oneModel } from '../../../src/models/models';
import type { ModelRequest } from '../../../src/models/provider';
import { scripted } from '../../../src/models/scripted';
import type { ScriptedReply } from '../../../src/models/scripted-reply';
import { createTestEnvironment } from '../../../src/testing/environment';
import { openLocalStore } from '../../../src/threads/local-store';
import type { Store } from '../../../src/threads/store';
import { createBatonWorker } from '../../../src/workers/create-worker';
import { misfits } from '../../replay/misfits';
import { workflowBundle } from '../../setup/workflow-bundle';

/** The one model that the bench's worker lacks. */
export const MISSING_MODEL = 'no-such-model';

export interface RegistryBench {
  readonly client: BatonClient;
  readonly agents: AgentRegistry;
  readonly store: Store;
  /** The registry's workflow. */
  readonly entity: WorkflowHandle;
  replies(reply: (request: ModelRequest) => ScriptedReply | Promise<ScriptedReply>): void;
  /** One run's report on one agent. */
  report(agent: string, version: string, figures: Partial<AgentFigures>): Promise<void>;
  view(): Promise<RegistryView>;
  until(met: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
  executions(): Promise<number>;
  /** Ends the worker, and throws where a history of the registry or of these runs does not replay. */
  stop(runs?: readonly string[]): Promise<void>;
}

/** A worker, a client and a registry of their own. */
export async function openRegistryBench(terms: Partial<RegistryTerms> = {}): Promise<RegistryBench> {
  const environment = await createTestEnvironment({ time: 'real' });
  const { connection, nativeConnection, namespace = 'default' } = environment;
  const folder = await mkdtemp(join(tmpdir(), 'baton-registry-'));
  const store = openLocalStore({ folder });
  const taskQueue = `registry-${randomUUID()}`;
  const id = registryOf(taskQueue);
  let reply: Parameters<RegistryBench['replies']>[0] = () => ({ text: 'yes' });
  const models = oneModel(
    scripted((request: ModelRequest) => reply(request)),
    { price: { input: 1_000_000, output: 1_000_000, cacheRead: 0, cacheWrite: 0 } },
  );
  const worker = await createBatonWorker({
    connection: nativeConnection,
    namespace,
    taskQueue,
    tools: [],
    store,
    workflowBundle: workflowBundle(),
    shutdownGraceMs: 100,
    models: {
      ...models,
      resolve: (idOrTier) => {
        if (idOrTier === MISSING_MODEL) throw failure('ModelNotFound', 'no such model');
        return models.resolve(idOrTier);
      },
    },
  });
  const running = worker.run();
  // Not `embedded`: its short workflow tasks run out on a machine that many tests share.
  const client = await connect({ connection, namespace, taskQueue, store: { folder }, profile: 'server' });
  const { temporal } = client.context;
  const found = async (): Promise<string[]> => {
    const runs: string[] = [];
    for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = "${id}"` })) runs.push(runId);
    return runs;
  };
  return {
    client,
    store,
    entity: temporal.workflow.getHandle(id),
    agents: agentRegistry(client.context, { publishEveryMs: 100, ...terms }),
    replies(answering) {
      reply = answering;
    },
    report: (agent, version, figures) =>
      temporal.workflow.getHandle(id).signal(REPORT_SIGNAL, {
        run: randomUUID(),
        agents: [{ agent, version, figures: { ...NO_FIGURES, uses: 1, ...figures } }],
      }),
    view: () => temporal.workflow.getHandle(id).query<RegistryView>(REGISTRY_QUERY),
    until,
    executions: async () => (await found()).length,
    async stop(runs = []) {
      worker.shutdown();
      await running;
      const named = [
        ...(await found()).map((runId) => [id, runId] as const),
        ...runs.map((run) => [run] as const),
      ];
      const histories = await Promise.all(
        named.map(async ([workflowId, runId]) => ({
          workflowId,
          history: await temporal.workflow.getHandle(workflowId, runId).fetchHistory(),
        })),
      );
      expect(await misfits(histories)).toEqual([]);
      await client.close();
      await environment.teardown();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function until(met: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`the condition was not met within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
