import { agent, parallel, route } from '../../src/contract/builders/index';
import { output, text } from '../../src/models/scripted-reply';
import { type Recording, recordTeam } from './recording';

const who = (name: string) =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.` });

/** Every classifier: rules that decide, examples and an agent that pass on, and a person who belongs nowhere. */
export const ROUTE_RECORDINGS: readonly Recording[] = [
  recordTeam('route', {
    root: parallel({
      ruled: route(
        { any: who('one') },
        {
          by: [{ by: 'rules', rules: [{ when: { at: '', exists: true }, route: 'any' }] }],
          fallback: who('two'),
        },
      ),
      cascade: route(
        { left: who('one'), right: who('two') },
        {
          by: [
            { by: 'examples', examples: { left: ['to the left'], right: ['to the right'] } },
            { by: 'agent', agent: 'one' },
            { by: 'person', approvers: ['maintainer'], deadline: '1h' },
          ],
          thresholds: { examples: 1 },
          fallback: who('three'),
        },
      ),
      exemplary: route(
        { left: who('one'), right: who('two') },
        {
          by: [{ by: 'examples', examples: { left: ['to the left'], right: ['go on, go on', 'go'] } }],
          thresholds: { examples: 0 },
          fallback: who('three'),
        },
      ),
    }),
    replies: ({ agent: name, output: contract }) =>
      contract === undefined ? text(name) : output({ route: 'left', confidence: 0.1 }),
    decision: { verdict: 'deny', by: 'maintainer' },
  }),
];
