import { agent, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { type CrashStage, openCrashStage, until } from './crash-stage';

describe('a session whose worker is killed with SIGKILL', () => {
  let stage: CrashStage;
  beforeAll(async () => {
    stage = await openCrashStage(() => ({ text: 'yes' }));
  });
  afterAll(() => stage.close());

  test('every message that was taken is answered once; those that wait keep their order', async () => {
    const { client, model } = stage;
    const victim = await stage.startWorker();
    const session = await client.openSession(
      team('desk', agent({ name: 'clerk', instructions: 'Answer.' })),
      {
        maxUpdates: 4,
      },
    );
    stage.allow(2);
    await session.say('one');
    await session.say('two');
    const waiting = [session.say('three', { id: 'three' }), session.say('four', { id: 'four' })];
    await until(async () => stage.running() === 1);
    await victim.kill();

    const standby = await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    const answers = await Promise.all([...waiting, session.say('five')]);
    expect(answers.map(({ output }) => output)).toEqual(['yes', 'yes', 'yes']);
    expect(answers.map(({ turn }) => turn).sort()).toEqual([3, 4, 5]);
    expect(repeatedCalls(model.calls())).toEqual([]);
    expect(model.calls().filter(({ outcome }) => outcome === 'finished')).toHaveLength(5);
    const { entries } = await session.history();
    expect(entries.filter(({ from }) => from === 'user')).toHaveLength(5);
    await session.close();
    await standby.kill();
  }, 60_000);
});
