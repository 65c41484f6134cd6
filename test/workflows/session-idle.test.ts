import { agent, team } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { openSessionBench, type SessionBench } from './session-bench';

const desk = team('desk', agent({ name: 'clerk', instructions: 'Answer.' }));

describe('a silent session', () => {
  let bench: SessionBench;
  const opened: string[] = [];
  beforeAll(async () => {
    bench = await openSessionBench({ timeSkipping: true });
    bench.replies(() => text('yes'));
  });
  afterAll(() => bench.stop(opened));

  test('it ends after the time of silence, counted from the last answer, and says so', async () => {
    const session = await bench.client.openSession(desk, { idleTimeout: '30m' });
    opened.push(session.id);
    await session.say('one');
    await bench.sleep('20m');
    await session.say('two');
    await bench.sleep('20m');
    await session.say('three');
    await bench.sleep('31m');
    await expect(session.say('four')).rejects.toMatchObject({ type: 'SessionOver' });
    expect(await bench.client.context.temporal.workflow.result(session.id)).toMatchObject({
      endedBy: 'idle',
      turns: 3,
      usage: { calls: 3 },
    });
  }, 60_000);

  test('while a person has it, it waits longer', async () => {
    const session = await bench.client.openSession(desk, { idleTimeout: '30m', heldTimeout: '5h' });
    opened.push(session.id);
    await session.handOver({ by: 'ann' });
    await bench.sleep('4h');
    await session.reply('ann', 'still here');
    await bench.sleep('4h');
    expect(await session.say('and I')).toMatchObject({ state: 'held' });
    await bench.sleep('6h');
    await expect(session.say('too late')).rejects.toMatchObject({ type: 'SessionOver' });
  }, 60_000);
});
