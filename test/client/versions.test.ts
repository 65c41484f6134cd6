import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from '@temporalio/worker';
import { type BatonClient, connect } from '../../src/client/connect';
import { makeCurrent, retire } from '../../src/client/deploy';
import { deploymentStatus } from '../../src/client/deployment-status';
import { moveOn } from '../../src/client/pinned-runs';
import { agent, approve, pipeline, team } from '../../src/contract/builders/index';
import { registryOf } from '../../src/contract/registry/registry';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { createTestEnvironment } from '../../src/testing/environment';
import { openLocalStore } from '../../src/threads/local-store';
import { createBatonWorker } from '../../src/workers/create-worker';
import { workflowBundle } from '../setup/workflow-bundle';

/** Two builds of one deployment, the second made current while the first has open work. */
describe('versioned workers', () => {
  const name = `versions-${randomUUID().slice(0, 8)}`;
  const workers: { worker: Worker; running: Promise<void> }[] = [];
  let environment: Awaited<ReturnType<typeof createTestEnvironment>>;
  let client: BatonClient;
  let folder: string;

  beforeAll(async () => {
    environment = await createTestEnvironment({ time: 'real' });
    folder = await mkdtemp(join(tmpdir(), 'baton-versions-'));
    const { connection, namespace = 'default' } = environment;
    client = await connect({ connection, namespace, taskQueue: name, store: { folder }, profile: 'server' });
  });
  afterAll(async () => {
    for (const { worker, running } of workers) {
      worker.shutdown();
      await running;
    }
    await client.close();
    await environment.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  /** Each build's model answers with the build's own name. */
  async function startBuild(buildId: string): Promise<void> {
    const { nativeConnection, namespace = 'default' } = environment;
    const worker = await createBatonWorker({
      connection: nativeConnection,
      namespace,
      taskQueue: name,
      tools: [],
      store: openLocalStore({ folder }),
      workflowBundle: workflowBundle(),
      shutdownGraceMs: 100,
      buildId,
      deploymentName: name,
      models: oneModel(scripted(() => ({ text: buildId }))),
    });
    workers.push({ worker, running: worker.run() });
    await until(async () => {
      try {
        await makeCurrent(client.context, { deployment: name, buildId });
        return true;
      } catch {
        return false;
      }
    });
  }

  async function until(met: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 40_000;
    while (!(await met())) {
      if (Date.now() > deadline) throw new Error('the condition was not met within 40 s');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const versionOf = async (workflow: string) => {
    const { raw } = await client.context.temporal.workflow.getHandle(workflow).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
  };
  const statusOf = async (buildId: string) =>
    (await deploymentStatus(client.context, name)).builds.find((build) => build.buildId === buildId);

  test('a run ends on its build, new runs go to the new one, sessions and the registry move over', async () => {
    const writer = agent({ name: 'writer', instructions: 'Write.' });
    const waiting = team('waiting', pipeline([approve('Go on?', { approvers: ['ann'] }), writer]));
    const desk = team('desk', agent({ name: 'clerk', instructions: 'Answer.' }));
    await startBuild('one');
    const { run } = await client.start(waiting, 'x', { runId: `${name}-old` });
    const session = await client.openSession(desk, { sessionId: `${name}-session` });
    const idle = await client.openSession(desk, { sessionId: `${name}-idle` });
    expect((await session.say('hello')).output).toBe('one');
    await client.agents.register({ critic: { instructions: 'Judge.' } });
    await until(async () => (await client.approvals({ run })).length === 1);
    const registry = registryOf(name);
    for (const id of [run, session.id, idle.id, registry]) expect(await versionOf(id)).toBe('one');

    await startBuild('two');
    await until(async () => (await statusOf('one'))?.open === 4);
    const later = await deploymentStatus(client.context, name, Date.now() + 120_000);
    expect(later.builds.map(({ hasWorker }) => hasWorker)).toEqual([false, false]);
    expect(await statusOf('one')).toMatchObject({
      state: 'inUse',
      hasWorker: true,
      runs: expect.arrayContaining([run, session.id, idle.id, registry]),
    });
    await expect(retire(client.context, { deployment: name, buildId: 'one' })).rejects.toMatchObject({
      type: 'DeploymentInUse',
      message: expect.stringContaining(run),
    });

    // Those whom nobody writes to are told; the run alone stays.
    expect(await moveOn(client.context, { deployment: name, buildId: 'two' })).toBe(3);
    await until(async () => (await statusOf('one'))?.open === 1);
    expect((await statusOf('one'))?.runs).toEqual([run]);
    expect((await session.say('again')).output).toBe('two');
    expect((await session.history()).turns).toBe(2);
    for (const id of [session.id, idle.id, registry]) expect(await versionOf(id)).toBe('two');
    await client.agents.register({ critic: { instructions: 'Judge harshly.', version: '2' } });
    expect(await client.agents.list()).toMatchObject([{ name: 'critic', canary: { version: '2' } }]);

    const fresh = await client.start(team('fresh', writer), 'x', { runId: `${name}-new` });
    expect((await client.result(fresh.run)).output).toBe('two');
    for (const { id, hash } of await client.approvals({ run }))
      await client.decide({ approval: id, hash, by: 'ann', verdict: 'approve' }, { run });
    expect((await client.result(run)).output).toBe('one');
    await until(async () => (await statusOf('one'))?.state === 'retirable');
    await session.close();
    await idle.close();
  }, 120_000);
});
