import { agent, team } from '../../src/contract/builders';
import { type CrashStage, openCrashStage, until } from './crash-stage';

describe('a worker killed with SIGKILL in the middle of a model call', () => {
  let stage: CrashStage;
  beforeAll(async () => {
    stage = await openCrashStage(() => ({ text: 'answered' }));
  });
  afterAll(() => stage.close());

  test.each(['stepwise', 'packed'] as const)(
    'what the lost call may have cost is kept in doubt beside what the repeated one has: %s',
    async (mode) => {
      const { client, model } = stage;
      const before = model.calls().length;
      const victim = await stage.startWorker();
      const writer = agent({
        name: 'writer',
        instructions: `Write, ${mode}.`,
        mode,
        limits: { maxOutputTokens: 700 },
      });
      const { run } = await client.start(team('doubt', writer), 'go');
      await until(async () => model.calls().length === before + 1 && stage.running() === 1);
      await victim.kill();
      const standby = await stage.startWorker();
      stage.allow(Number.POSITIVE_INFINITY);
      await client.result(run);
      const { usage, budgets } = await client.view(run);
      stage.allow(0);
      await standby.kill();
      expect(model.calls().length).toBe(before + 2);
      // The provider's own count lies between what is confirmed and that with what is in doubt.
      expect(usage.calls).toBe(1);
      expect(usage.doubt?.calls).toBe(1);
      expect(usage.doubt?.tokens).toBeGreaterThan(700);
      expect(budgets?.[0]?.held.tokens).toBe(0);
    },
    90_000,
  );

  test('cancelled while no worker was there: the lost call is in doubt all the same', async () => {
    const { client, model } = stage;
    const before = model.calls().length;
    const victim = await stage.startWorker();
    const writer = agent({ name: 'writer', instructions: 'Write.' });
    const { run } = await client.start(team('doubt', writer), 'go');
    await until(async () => model.calls().length === before + 1 && stage.running() === 1);
    await victim.kill();
    // The server has given the lost try up by then, and has another wait for a worker.
    const { workflow } = client.context.temporal;
    await until(async () => {
      const { raw } = await workflow.getHandle(run).describe();
      return raw.pendingActivities?.[0]?.attempt === 2;
    });
    await client.cancel(run);
    const standby = await stage.startWorker();
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunCancelled' });
    const { usage } = await client.view(run);
    await standby.kill();
    expect(model.calls().length).toBe(before + 1);
    expect(usage).toMatchObject({ calls: 0, doubt: { calls: 1 } });
  }, 90_000);

  test('cancelled before the lost try was missed: the run is cancelled, and the lost call is in doubt', async () => {
    const { client, model } = stage;
    const before = model.calls().length;
    const victim = await stage.startWorker();
    const { run } = await client.start(
      team('doubt', agent({ name: 'writer', instructions: 'Write.' })),
      'go',
    );
    await until(async () => model.calls().length === before + 1 && stage.running() === 1);
    await victim.kill();
    await client.cancel(run);
    const standby = await stage.startWorker();
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunCancelled' });
    const { state, usage } = await client.view(run);
    await standby.kill();
    expect(model.calls().length).toBe(before + 1);
    expect({ state, usage }).toMatchObject({ state: 'cancelled', usage: { calls: 0, doubt: { calls: 1 } } });
  }, 90_000);
});
