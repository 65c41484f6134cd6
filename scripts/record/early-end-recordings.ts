import { setTimeout as sleep } from 'node:timers/promises';
import type { BatonClient } from '../../src/client/connect';
import {
  agent,
  dag,
  map,
  on,
  parallel,
  pipeline,
  refine,
  supervise,
  team,
} from '../../src/contract/builders/index';
import { engineReplies } from './engine-replies';
import { type Recording, recordTeam } from './recording';

const who = (name: string) => agent({ name, description: `Is ${name}.`, instructions: `You are ${name}.` });
const BEST = { bestEffort: { atLeast: 0.1, required: [] } };
const TIME = { timeout: '2s' };
const replies = engineReplies;

/** Runs that are held up, and patterns that end before all of their parts have. */
export const EARLY_END_RECORDINGS: readonly Recording[] = [
  recordTeam('out-of-time', {
    root: parallel({
      side: parallel({ quick: who('quick'), slow: who('sleeper') }, { join: BEST, ...TIME }),
      child: parallel({ quick: who('quick'), slow: who('sleeper') }, { join: BEST, isolated: true, ...TIME }),
      tasks: dag(
        [
          { id: 'one', step: who('quick') },
          { id: 'two', step: who('sleeper'), optional: true },
          { id: 'three', step: who('quick'), requires: ['two'], optional: true },
        ],
        TIME,
      ),
      never: refine({ draft: who('sleeper'), review: who('quick') }, { onFailure: 'skip', ...TIME }),
    }),
    replies,
  }),
  recordTeam('budget-time', {
    root: pipeline([
      parallel(
        { quick: who('quick'), slow: who('sleeper') },
        { join: BEST, isolated: true, budget: 'shared' },
      ),
      agent('quick', { budget: 'shared', onFailure: 'skip' }),
    ]),
    budgets: { shared: { timeout: '2s' } },
    replies,
  }),
  recordTeam('stopped', {
    root: parallel({
      line: pipeline([who('quick'), who('never')], { stopWhen: { at: '', exists: true } }),
      side: parallel(
        { quick: who('quick'), slow: who('sleeper') },
        { stopWhen: { at: '', matches: 'quick' } },
      ),
      list: map('', who('each'), { window: 1, maxConcurrency: 1, stopWhen: { at: '', exists: true } }),
      boss: supervise(
        { name: 'boss', instructions: 'Delegate.' },
        { lead: who('quick'), tester: who('tester') },
        { stopWhen: { at: '', matches: 'quick' } },
      ),
    }),
    input: ['a', 'b', 'c'],
    replies,
  }),
  {
    name: 'paused',
    tools: [],
    replies,
    play: async (client) => {
      const child = pipeline([who('quick')], { isolated: true });
      const { run } = await client.start(team('paused', pipeline([on('go'), child, who('last')])), 'go');
      await untilAt(client, run, { path: 'root/pipeline:0', state: 'waiting' });
      await client.pause(run, { by: 'ann', reason: 'a look' });
      await client.emit(run, 'go');
      await untilAt(client, run, { path: 'root/pipeline:1', state: 'running' });
      await client.unpause(run);
      await client.result(run);
      return run;
    },
  },
];

async function untilAt(
  client: BatonClient,
  run: string,
  { path, state }: { readonly path: string; readonly state: string },
): Promise<void> {
  const isThere = async () =>
    (await client.view(run)).nodes.some((node) => node.path === path && node.state === state);
  while (!(await isThere())) await sleep(50);
}
