import { agent, parallel, pipeline, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { openCrashStage, until } from './crash-stage';

const who = (name: string) => agent({ name, instructions: `You are ${name}.`, cache: { ttl: '1h' } });

test('a worker killed with SIGKILL between cached replies: the run pays for none twice, and the next run has all of them', async () => {
  const stage = await openCrashStage(({ system }) => ({ text: `answer of ${system} ${'x'.repeat(3000)}` }));
  try {
    const victim = await stage.startWorker();
    const cached = team('cached', pipeline([who('first'), parallel({ a: who('a'), b: who('b') })]));
    const { run } = await stage.client.start(cached, 'go');
    stage.allow(1);
    await until(async () => (await stage.journaled()) === 1 && stage.running() === 2);
    await victim.kill();
    await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    const { output } = await stage.client.result(run);
    const calls = stage.model.calls();
    expect(repeatedCalls(calls)).toEqual([]);
    const answered = calls.filter(({ outcome }) => outcome === 'finished');
    expect(answered).toHaveLength(3);
    const again = await stage.client.start(cached, 'go');
    expect(await stage.client.result(again.run)).toMatchObject({ output, usage: { calls: 0, cached: 3 } });
    expect(stage.model.calls()).toHaveLength(calls.length);
  } finally {
    await stage.close();
  }
});
