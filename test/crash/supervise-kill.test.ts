import { agent, supervise, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import type { ServedReply, ServedRequest } from '../../src/testing/model-server';
import { openCrashStage, until } from './crash-stage';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const boss = { name: 'boss', instructions: 'You are boss.' };

/** The supervisor gives two delegations side by side, then one whose answer is passed on. */
function reply({ system, messages }: ServedRequest): ServedReply {
  const [, name = ''] = /^You are (\w+)\./.exec(system) ?? [];
  if (name !== 'boss') return { text: `by ${name}` };
  const call = (worker: string, weight: number, more: object = {}) => ({
    name: `delegate_to_${worker}`,
    args: { objective: `work ${messages.length}`, weight, ...more },
  });
  return messages.length === 1
    ? { toolCalls: [call('one', 1), call('two', 3)] }
    : { toolCalls: [call('last', 1, { finish: true })] };
}

test('a worker killed with SIGKILL while one delegation is done and another works, and again before what is passed on: no finished call is made again', async () => {
  const stage = await openCrashStage(reply);
  const kill = async (finished: number, before: number) => {
    const victim = await stage.startWorker();
    // A call that the kill before cut off takes the reply that was held back for it.
    stage.allow(finished + before);
    await until(async () => (await stage.journaled()) === finished && stage.running() === 1);
    await victim.kill();
  };
  try {
    const workers = { one: who('one'), two: who('two'), last: who('last') };
    const { run } = await stage.client.start(
      team('crash', supervise(boss, workers, { passThrough: true })),
      'go',
    );
    await kill(2, 0);
    await kill(4, 1);
    await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    expect((await stage.client.result(run)).output).toBe('by last');
    expect(repeatedCalls(stage.model.calls())).toEqual([]);
    const finished = stage.model.calls().filter(({ outcome }) => outcome === 'finished');
    expect(finished.length).toBe(5);
  } finally {
    await stage.close();
  }
}, 60_000);
