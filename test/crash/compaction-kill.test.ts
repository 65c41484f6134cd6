import { agent, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import type { ServedReply, ServedRequest } from '../../src/testing/model-server';
import { openCrashStage, until } from './crash-stage';

/** Writes at length turn after turn, each cut and continued, until it has been summed up; then it answers. */
function reply({ system, messages }: ServedRequest): ServedReply {
  if (system.startsWith('You sum up')) return { text: 'a summary' };
  if (JSON.stringify(messages).includes('a summary')) return { text: 'the end' };
  return { text: `${messages.length} ${'x'.repeat(6000)}`, stop: 'maxTokens' };
}

test('a worker killed with SIGKILL while the transcript is summed up: another sums it up, and no finished call is made again', async () => {
  const stage = await openCrashStage(reply);
  try {
    const victim = await stage.startWorker();
    const writer = agent({
      name: 'writer',
      instructions: 'You are a writer.',
      limits: { compactAtTokens: 2000 },
    });
    const { run } = await stage.client.start(team('crash', writer), 'go');
    stage.allow(2);
    await until(async () => (await stage.journaled()) === 2 && stage.running() === 1);
    await victim.kill();
    await stage.startWorker();
    stage.allow(Number.POSITIVE_INFINITY);
    expect(JSON.stringify((await stage.client.result(run)).output)).toContain('the end');
    expect(repeatedCalls(stage.model.calls())).toEqual([]);
    const { nodes } = await stage.client.view(run);
    expect(nodes[0]?.compactions).toHaveLength(1);
  } finally {
    await stage.close();
  }
});
