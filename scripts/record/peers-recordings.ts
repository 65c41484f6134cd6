import { agent, peers } from '../../src/contract/builders/index';
import { output } from '../../src/models/scripted-reply';
import { type Recording, recordTeam } from './recording';

const who = (name: string) =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.` });

/** A proposal, an objection, and an agreement. */
export const PEERS_RECORDINGS: readonly Recording[] = [
  recordTeam('peers', {
    root: peers({ ann: who('ann'), ben: who('ben') }),
    replies: ({ agent: name, messages }) => {
      const told = JSON.stringify(messages);
      if (name === 'ann')
        return output({
          messages:
            told.includes('object') || told.includes('\\"mail\\": []') ? [message('ben', 'propose')] : [],
        });
      if (told.includes('\\"mail\\": []')) return output({ messages: [] });
      return output({ messages: [message('all', told.includes('\\"id\\": \\"m1\\"') ? 'object' : 'agree')] });
    },
  }),
];

function message(to: string, type: string) {
  return { to, type, payload: `${type} it` };
}
