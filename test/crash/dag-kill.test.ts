import { agent, dag, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { type CrashStage, openCrashStage, until } from './crash-stage';

const TASKS = 8;
const PLAN = {
  tasks: [
    ...Array.from({ length: TASKS }, (_, index) => ({
      id: `t${index}`,
      worker: 'scan',
      objective: `${index}`,
    })),
    {
      id: 'sum',
      worker: 'write',
      objective: 'sum up',
      requires: Array.from({ length: TASKS }, (_, index) => `t${index}`),
    },
  ],
};

describe('a dag whose worker is killed with SIGKILL', () => {
  let stage: CrashStage;
  beforeAll(async () => {
    stage = await openCrashStage(({ system }) => ({
      text: system.startsWith('Plan') ? JSON.stringify(PLAN) : `by ${system}`,
    }));
  });
  afterAll(() => stage.close());

  test('the plan is not made again and no finished task runs again', async () => {
    const { client, model } = stage;
    const victim = await stage.startWorker();
    const workers = {
      scan: agent({ name: 'scan', instructions: 'Scan.' }),
      write: agent({ name: 'write', instructions: 'Write.' }),
    };
    const { run } = await client.start(
      team('crash', dag({ planner: { name: 'planner', instructions: 'Plan.' }, workers })),
      'go',
    );
    stage.allow(4);
    await until(async () => (await stage.journaled()) === 4 && stage.running() === TASKS - 3);
    await victim.kill();

    const standby = await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    const { output } = await client.result(run);
    expect(Object.keys(output as object)).toHaveLength(TASKS + 1);
    expect(repeatedCalls(model.calls())).toEqual([]);
    expect(model.calls().filter(({ outcome }) => outcome === 'finished')).toHaveLength(TASKS + 2);
    expect((await client.view(run)).usage.calls).toBe(TASKS + 2);
    await standby.kill();
  }, 60_000);
});
