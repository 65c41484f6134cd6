import { agent, approve, parallel, pipeline, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { type CrashStage, openCrashStage, until } from './crash-stage';

const BRANCHES = 12;

describe('a worker killed with SIGKILL', () => {
  let stage: CrashStage;
  beforeAll(async () => {
    stage = await openCrashStage(({ system }) => ({ text: `answer of ${system}` }));
  });
  afterAll(() => stage.close());

  test('in the middle of a fan-out: another finishes the run, and no finished call is made twice', async () => {
    const { client, model } = stage;
    const branches = Object.fromEntries(
      Array.from({ length: BRANCHES }, (_, index) => {
        const name = `agent${index}`;
        return [
          name,
          pipeline([
            agent({ name, instructions: `${name}, first` }),
            agent({ name: `${name}b`, instructions: `${name}, second` }),
          ]),
        ];
      }),
    );
    const victim = await stage.startWorker();
    const { run } = await client.start(team('crash', parallel(branches)), 'go');
    stage.allow(5);
    // Only replies that reached the journal count as finished, so the kill must not fall between the two.
    await until(async () => (await stage.journaled()) === 5 && stage.running() === BRANCHES);
    await victim.kill();

    const standby = await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    const { output } = await client.result(run);
    expect(Object.keys(output as object)).toHaveLength(BRANCHES);
    const answered = model.calls().filter((call) => call.outcome === 'finished');
    expect(repeatedCalls(model.calls())).toEqual([]);
    expect(answered).toHaveLength(2 * BRANCHES);
    expect((await client.view(run)).usage.calls).toBe(2 * BRANCHES);
    await standby.kill();
  }, 60_000);

  test('while a person is asked: the question survives and its answer counts', async () => {
    const { client, model } = stage;
    const before = model.calls().length;
    const victim = await stage.startWorker();
    const { run } = await client.start(
      team('asking', pipeline([agent({ name: 'writer', instructions: 'w' }), approve('Send?')])),
      'go',
    );
    await until(async () => (await client.approvals({ run })).length === 1);
    await victim.kill();
    const standby = await stage.startWorker();
    const [waiting] = await client.approvals({ run });
    if (waiting === undefined) throw new Error('the question is lost');
    await client.decide({ approval: waiting.id, hash: waiting.hash, verdict: 'approve', by: 'ann' });
    expect((await client.result(run)).output).toBe('answer of w');
    expect(model.calls().length - before).toBe(1);
    await standby.kill();
  }, 60_000);
});
