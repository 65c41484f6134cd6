import { agent, map, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { type CrashStage, openCrashStage, until } from './crash-stage';

const ITEMS = 24;

describe('a map whose worker is killed with SIGKILL', () => {
  let stage: CrashStage;
  beforeEach(async () => {
    stage = await openCrashStage(() => ({ text: 'done' }));
  });
  afterEach(() => stage.close());

  test.each([
    ['shared activities', {}],
    ['windows of shared activities', { window: 8, callsPerActivity: 4 }],
  ])(
    '%s: another worker makes only the calls that had not finished',
    async (_title, options) => {
      const { client, model } = stage;
      const victim = await stage.startWorker();
      const root = map('', agent({ name: 'worker', instructions: 'Work.' }), options);
      const { run } = await client.start(
        team('crash', root),
        Array.from({ length: ITEMS }, (_, index) => `item ${index}`),
      );
      stage.allow(7);
      // The kill falls in the middle of several activities: in each some calls have finished and some have not.
      await until(async () => (await stage.journaled()) === 7 && stage.running() === ITEMS - 7);
      await victim.kill();

      const standby = await stage.startWorker();
      stage.allow(Number.POSITIVE_INFINITY);
      const { output } = await client.result(run);
      expect(output).toEqual(Array.from({ length: ITEMS }, () => 'done'));
      expect(repeatedCalls(model.calls())).toEqual([]);
      expect(model.calls().filter(({ outcome }) => outcome === 'finished')).toHaveLength(ITEMS);
      expect((await client.view(run)).usage.calls).toBe(ITEMS);
      await standby.kill();
    },
    60_000,
  );
});
