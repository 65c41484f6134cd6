import { agent, debate, parallel, race, refine, vote } from '../../src/contract/builders/index';
import type { ReplyFunction } from '../../src/models/scripted';
import { output, refusal, text } from '../../src/models/scripted-reply';
import { type Recording, recordTeam } from './recording';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });

/** The patterns in which agents decide, each with what makes its history different. */
export const DECIDING_RECORDINGS: readonly Recording[] = [
  recordTeam('debate', {
    root: parallel({
      judged: debate({ proposer: who('pro'), critic: who('con'), judge: who('judge') }),
      agreed: debate({ proposer: who('pro'), critic: who('yes'), judge: who('judge') }),
    }),
    replies,
  }),
  recordTeam('refine', {
    root: refine({ draft: who('writer'), review: who('reviewer') }, { maxRounds: 2 }),
    replies,
  }),
  recordTeam('vote', {
    root: vote(
      { one: who('one'), two: who('two'), bad: who('refuser'), three: who('pro') },
      { tieBreak: who('chair') },
    ),
    replies,
  }),
  recordTeam('vote-by-people', {
    root: vote({ one: who('one'), two: who('two') }, { rule: 'ranked' }),
    replies,
    decision: { verdict: 'approve', by: 'maintainer', choice: '2' },
  }),
  recordTeam('race', {
    root: race(
      { slow: who('sleeper'), bad: who('refuser'), good: who('one') },
      { hedgeAfter: '200ms', accept: { at: '', equals: 'one' } },
    ),
    replies,
  }),
];

function replies(...[{ agent: name, messages }, { signal }]: Parameters<ReplyFunction>) {
  switch (name) {
    case 'con':
      return output({ agrees: false, argument: 'It is slow.' });
    case 'yes':
      return output({ agrees: true, argument: 'It holds.' });
    case 'judge': {
      const decided = JSON.stringify(messages).includes('roundsLeft\\": 1');
      return output({ decided, verdict: 'the plan', reasons: ['cheap'], dissent: ['slow'] });
    }
    case 'reviewer':
      return output({ passed: false, feedback: 'x'.repeat(6000), score: 0.5 });
    case 'chair':
      return output({ choice: 1, reason: 'simpler' });
    case 'refuser':
      return refusal('cyber');
    case 'sleeper':
      return new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    default:
      return text(name);
  }
}
