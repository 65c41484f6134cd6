import { agent, dag, emit, on, parallel, pipeline, subteam, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { openCrashStage, until } from './crash-stage';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
/** Two deep: a task of a dag, a branch, and below it a team that waits for what a client and the other side raise. */
const inner = team('inner', pipeline([who('one'), on('paid'), on('ready'), who('two')]));
const root = dag([
  {
    id: 'both',
    step: parallel({ team: subteam(inner), side: pipeline([who('three'), emit('ready'), who('four')]) }),
  },
  { id: 'last', step: who('five'), requires: ['both'] },
]);

test('a worker killed with SIGKILL amid a sub-team that waits for events: what came stays heard, and no finished call is made again', async () => {
  const stage = await openCrashStage(({ system }) => ({ text: `by ${system}` }));
  const { client, model } = stage;
  try {
    const victim = await stage.startWorker();
    const { run } = await client.start(team('crash', root), 'go');
    stage.allow(2);
    await until(async () => (await stage.journaled()) === 2 && stage.running() === 1);
    expect(await client.awaitEvent(run, 'ready')).toBe('by You are three.');
    await client.emit(run, 'paid', { payload: 12 });
    await victim.kill();

    await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    const { state, output } = await client.result(run);
    expect(state).toBe('done');
    expect(output).toEqual({
      both: { team: 'by You are two.', side: 'by You are four.' },
      last: 'by You are five.',
    });
    expect(await client.awaitEvent(run, 'paid')).toBe(12);
    expect(repeatedCalls(model.calls())).toEqual([]);
    expect(model.calls().filter(({ outcome }) => outcome === 'finished')).toHaveLength(5);
  } finally {
    await stage.close();
  }
}, 60_000);
