import { agent, team } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { openSessionBench, type SessionBench } from './session-bench';

const desk = team('desk', agent({ name: 'clerk', instructions: 'Answer.' }));

/** Long enough to be stored: each message, and each answer, is an activity of the session. */
const long = (text: string): string => `${text} ${'x'.repeat(20_000)}`;

describe('a session whose store is slow while many write to it', () => {
  let bench: SessionBench;
  const opened: string[] = [];
  beforeAll(async () => {
    bench = await openSessionBench({ storeMs: 1_300 });
  });
  // Every execution must replay: results of activities, and updates that came in while they ran.
  afterAll(() => bench.stop(opened));

  test('messages, hand-overs and identities at once: none is answered twice, and its histories replay', async () => {
    bench.replies(({ message }) => text(long(`on ${message}`.slice(0, 6))));
    const session = await bench.client.openSession(desk, { maxUpdates: 10, compactAfter: 6, keepEntries: 2 });
    opened.push(session.id);
    const messages = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'];
    const answers = Promise.all(messages.map((message) => session.say(long(message), { id: message })));
    const others = async (): Promise<void> => {
      for (const customer of [1, 2, 3]) {
        await session.identify({ customer });
        await session.handOver({ by: 'ann', reason: 'a question' });
        // Somebody else may have given it back.
        await session.handBack('ann').catch(() => undefined);
      }
    };
    await Promise.all([others(), others()]);
    const answered = (await answers).filter(({ state }) => state === 'answered');
    const asked = bench.asked.flatMap(({ agent, given }) => (agent === 'clerk' ? [given.message] : []));
    expect(answered.length).toBeGreaterThan(0);
    expect(asked).toHaveLength(answered.length);
    expect(new Set(asked).size).toBe(answered.length);

    await session.say(long('the last'));
    expect(await bench.executions(session.id)).toBeGreaterThan(1);
    await session.close();
  });
});
