import { agent, map, parallel } from '../../src/contract/builders/index';
import { refusal, text } from '../../src/models/scripted-reply';
import { type Recording, recordTeam } from './recording';

const LIST = ['a', 'b', 'c', 'd', 'e'];
const worker = (more: object = {}) => agent({ name: 'worker', instructions: 'Work.' }, more);

/** Maps in one history and in windows, with calls that share activities and calls that do not. */
export const MAP_RECORDINGS: readonly Recording[] = [
  recordTeam('map', {
    root: parallel({
      shared: map('', worker({ onFailure: 'skip' }), { callsPerActivity: 2 }),
      single: map('', agent('worker', { retry: { attempts: 2 } }), {
        callsPerActivity: 1,
        join: { bestEffort: { atLeast: 0.5, required: [] } },
      }),
      windows: map('', agent('worker', { onFailure: 'skip' }), { window: 2, merge: 'concatenate' }),
      enough: map('', agent('worker'), { join: { quorum: 2 }, window: 2, maxConcurrency: 2 }),
    }),
    input: LIST,
    replies: ({ messages }) => (JSON.stringify(messages).includes('"c"') ? refusal('cyber') : text('done')),
  }),
];
