import { agent, peers, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { type CrashStage, openCrashStage, until } from './crash-stage';

const MEMBERS = ['ann', 'ben', 'cat', 'dan'];

describe('peers whose worker is killed with SIGKILL', () => {
  let stage: CrashStage;
  beforeAll(async () => {
    stage = await openCrashStage(({ messages }) => {
      const isFirst = JSON.stringify(messages).includes('\\"mail\\": []');
      return {
        text: JSON.stringify({ messages: isFirst ? [{ to: 'all', type: 'tell', payload: 'hello' }] : [] }),
      };
    });
  });
  afterAll(() => stage.close());

  test('in the second round: mailboxes are as they were, and no finished turn is taken again', async () => {
    const { client, model } = stage;
    const victim = await stage.startWorker();
    const members = Object.fromEntries(MEMBERS.map((name) => [name, agent({ name, instructions: name })]));
    const { run } = await client.start(team('crash', peers(members, { until: 'quiet' })), 'go');
    stage.allow(6);
    await until(async () => (await stage.journaled()) === 6 && stage.running() === 2);
    await victim.kill();

    const standby = await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    expect((await client.result(run)).output).toMatchObject({ endedBy: 'quiet', rounds: 2 });
    expect(repeatedCalls(model.calls())).toEqual([]);
    expect(model.calls().filter(({ outcome }) => outcome === 'finished')).toHaveLength(2 * MEMBERS.length);
    await standby.kill();
  }, 60_000);
});
