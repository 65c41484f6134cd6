import { agent, dag } from '../../src/contract/builders/index';
import type { JsonObject } from '../../src/contract/json';
import { output, refusal, text } from '../../src/models/scripted-reply';
import { type Recording, recordTeam } from './recording';

const who = (name: string) =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.` });
const planned = (id: string, worker: string, more: JsonObject = {}) => ({
  id,
  worker,
  objective: id,
  ...more,
});

/** Fixed tasks of which one fails, and a plan that is corrected, approved, and made anew after a failure. */
export const DAG_RECORDINGS: readonly Recording[] = [
  recordTeam('dag-fixed', {
    root: dag([
      { id: 'first', step: who('one') },
      { id: 'bad', step: who('refuser'), optional: true },
      { id: 'lost', step: who('two'), requires: ['bad'] },
      { id: 'last', step: who('three'), requires: ['first'] },
    ]),
    replies: ({ agent: name }) => (name === 'refuser' ? refusal('cyber') : text(name)),
  }),
  recordTeam('dag-planned', {
    root: dag(
      {
        planner: { name: 'planner', instructions: 'Plan.' },
        workers: { good: who('good'), bad: who('refuser') },
      },
      { replan: true, approvePlan: { approvers: ['maintainer'] } },
    ),
    replies: ({ agent: name, messages }) => {
      if (name === 'refuser') return refusal('cyber');
      if (name !== 'planner') return text(name);
      const asked = JSON.stringify(messages);
      if (asked.includes('failed')) return output({ tasks: [planned('c', 'good', { requires: ['a'] })] });
      const again = asked.includes('mistakes');
      return output({
        tasks: [planned('a', 'good'), planned('b', 'bad', { requires: [again ? 'a' : 'x'] })],
      });
    },
    decision: { verdict: 'approve', by: 'maintainer' },
  }),
];
