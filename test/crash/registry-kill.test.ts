import { randomUUID } from 'node:crypto';
import { agentRegistry } from '../../src/client/agents';
import { REGISTRY_QUERY } from '../../src/contract/names';
import { registryOf } from '../../src/contract/registry/registry';
import type { RegistryView } from '../../src/contract/registry/registry-messages';
import { type CrashStage, openCrashStage, until } from './crash-stage';

describe('a registry whose worker is killed with SIGKILL', () => {
  let stage: CrashStage;
  beforeAll(async () => {
    stage = await openCrashStage(() => ({ text: 'yes' }));
  });
  afterAll(() => stage.close());

  test('what was answered is published, once; readers find a whole snapshot at every moment', async () => {
    const { client } = stage;
    const { registry, taskQueue, temporal } = client.context;
    const agents = agentRegistry(client.context, { maxUpdates: 8 });
    const id = registryOf(taskQueue);
    let victim = await stage.startWorker();
    let [reading, revision, reads] = [true, 0, 0];
    const reader = (async () => {
      while (reading) {
        const head = await registry.latest(id);
        if (head !== undefined) {
          expect(head.revision).toBeGreaterThanOrEqual(revision);
          revision = head.revision;
          const { pages } = await registry.snapshot(head.snapshot);
          for (const page of pages) if (page !== null) await registry.page(page);
          reads += 1;
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const names = Array.from({ length: 24 }, (_, index) => `agent${index}`);
    let answered = 0;
    const all = (async () => {
      for (let begin = 0; begin < names.length; begin += 4)
        await Promise.all(
          names.slice(begin, begin + 4).map(async (name) => {
            const { revision: promised } = await agents.register({ [name]: { instructions: randomUUID() } });
            expect((await registry.latest(id))?.revision).toBeGreaterThanOrEqual(promised);
            answered += 1;
          }),
        );
    })();
    for (const kill of [6, 14]) {
      await until(async () => answered >= kill);
      await victim.kill();
      victim = await stage.startWorker();
    }
    await all;
    reading = false;
    await reader;
    expect(reads).toBeGreaterThan(0);
    expect((await agents.list()).map(({ name }) => name)).toEqual([...names].sort());
    const history = await agents.history({ limit: 100 });
    expect(history.map(({ agent }) => agent).sort()).toEqual([...names].sort());

    // Ended by force it begins again with what it had published.
    await temporal.workflow.getHandle(id).terminate();
    await agents.register({ late: { instructions: 'late' } });
    expect(await temporal.workflow.getHandle(id).query<RegistryView>(REGISTRY_QUERY)).toMatchObject({
      agents: 25,
    });
    await victim.kill();
  }, 120_000);
});
