import { agent, team } from '../../src/contract/builders/index';
import { text } from '../../src/models/scripted-reply';
import type { Recording } from './recording';

const desk = team('session', agent({ name: 'clerk', instructions: 'Answer.' }));

/** A session over several executions, with a summary, a person in between and two messages at once. */
export const SESSION_RECORDINGS: readonly Recording[] = [
  {
    name: 'session',
    tools: [],
    replies: () => text('yes'),
    play: async (client) => {
      const session = await client.openSession(desk, {
        identity: { customer: 7 },
        maxUpdates: 6,
        compactAfter: 6,
        keepEntries: 2,
      });
      await Promise.all([session.say('one'), session.say('two')]);
      await session.say('x'.repeat(2_000));
      await session.handOver({ by: 'ann', reason: 'a complaint' });
      await session.say('hello?');
      await session.reply('ann', 'I am here');
      await session.handBack('ann');
      for (const message of ['three', 'four', 'five']) await session.say(message);
      await session.close();
      await client.context.temporal.workflow.result(session.id);
      return session.id;
    },
  },
];
