import { setTimeout as sleep } from 'node:timers/promises';
import type { BatonClient } from '../../src/client/connect';
import { runSettings } from '../../src/client/run-settings';
import {
  agent,
  approve,
  type Built,
  capability,
  parallel,
  pipeline,
  supervise,
  team,
  tool,
} from '../../src/contract/builders/index';
import { parseTeam } from '../../src/contract/check/parse-team';
import { WORKFLOW_TYPES } from '../../src/contract/names';
import { RUN_FORMAT, type RunInput } from '../../src/contract/run/run';
import { planGrowth } from '../../src/contract/size/growth';
import { inline } from '../../src/contract/value';
import { engineReplies } from './engine-replies';
import { ENGINE_TOOLS } from './engine-tools';
import { decideAll, type Recording } from './recording';

const who = (name: string, more: object = {}): Built =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.`, ...more });

/** What the examples leave out of the engine: one short run for each thing that writes a history of its own shape. */
export const ENGINE_RECORDINGS: readonly Recording[] = [
  recording(
    'hierarchy',
    supervise(
      { name: 'boss', instructions: 'Delegate.' },
      {
        lead: supervise({ name: 'lead', instructions: 'Lead.' }, { coder: who('coder') }),
        tester: who('tester'),
      },
    ),
  ),
  recording(
    'passed-on',
    supervise(
      { name: 'finisher', instructions: 'Delegate.', output: { type: 'object', required: ['sum'] } },
      { able: capability('adding', { tier: 'light' }), named: who('adder', { capabilities: ['adding'] }) },
      { passThrough: true },
    ),
  ),
  recording('summed-up', who('rambler', { limits: { compactAtTokens: 1000 } })),
  recording(
    'cached',
    pipeline([who('keen', { cache: { ttl: '1h' } }), agent('keen'), agent('keen', { isolated: true })]),
  ),
  recording('no-progress', supervise({ name: 'stuck', instructions: 'Delegate.' }, { coder: who('coder') })),
  recording(
    'joins',
    pipeline([
      parallel({ quick: who('quick'), slow: who('sleeper') }, { join: 'any' }),
      parallel(
        { one: who('one'), two: who('two'), bad: who('refuser') },
        { join: { quorum: 2 }, merge: 'concatenate' },
      ),
      parallel(
        { one: who('one'), bad: who('refuser') },
        {
          join: { bestEffort: { atLeast: 0.5, required: ['one'] } },
          merge: { synthesize: 'one' },
          maxConcurrency: 1,
        },
      ),
    ]),
  ),
  recording(
    'failures',
    parallel({
      skipped: agent({ name: 'refuser', instructions: 'Refuse.' }, { onFailure: 'skip' }),
      replaced: agent('refuser', { onFailure: { fallback: who('one') } }),
      retried: agent('refuser', { retry: { attempts: 2 }, onFailure: 'skip' }),
      late: agent({ name: 'sleeper', instructions: 'Sleep.' }, { timeout: '1s', onFailure: 'skip' }),
    }),
  ),
  recording('tools', parallel({ stepwise: who('counter', { tools: ['square', 'look'] }) })),
  recording('packed', who('counter', { tools: ['square', 'look'], mode: 'packed' })),
  recording('denied', approve('Send it?', { approvers: ['maintainer'] }), (client, run) =>
    decideAll(client, run, { verdict: 'deny', by: 'maintainer' }),
  ),
  recording(
    'denied-after-local-tool',
    pipeline([tool('square', { value: 3 }), approve('Send it?')], { timeout: '1h' }),
    (client, run) => decideAll(client, run, { verdict: 'deny', by: 'maintainer' }),
  ),
  recording(
    'unanswered',
    approve('Send it?', {
      approvers: ['maintainer'],
      deadline: '2s',
      escalate: [{ after: '1s', to: ['director'] }],
      whenUnanswered: 'fail',
    }),
  ),
  recording('lost-effect', tool('charge', { card: 'blue' }), (client, run) =>
    decideAll(client, run, { verdict: 'deny', by: 'maintainer' }),
  ),
  recording(
    'cancelled',
    parallel({ inside: who('sleeper'), child: agent('sleeper', { isolated: true }) }),
    async (client, run) => {
      while (!(await client.view(run)).nodes.some(({ label }) => label === 'sleeper')) await sleep(50);
      await client.cancel(run);
    },
  ),
  {
    name: 'continued-as-new',
    tools: ENGINE_TOOLS,
    replies: engineReplies,
    play: async (client) => {
      const walker = agent(
        { name: 'walker', instructions: 'Walk.', tools: ['look'], limits: { maxTurns: 30 } },
        { isolated: true },
      );
      return startWithEvents(client, 'continued-as-new', {
        root: parallel({ walker }),
        maxHistoryEvents: 40,
      });
    },
  },
];

function recording(
  name: string,
  root: Built,
  act: (client: BatonClient, run: string) => Promise<void> = async () => undefined,
): Recording {
  return {
    name,
    tools: ENGINE_TOOLS,
    replies: engineReplies,
    play: async (client) => {
      const { run } = await client.start(team(name, root), 'go');
      await act(client, run);
      await untilOver(client, run);
      return run;
    },
  };
}

/** The client's own limit would take two thousand events to reach. */
async function startWithEvents(
  client: BatonClient,
  name: string,
  { root, maxHistoryEvents }: { readonly root: Built; readonly maxHistoryEvents: number },
): Promise<string> {
  const { temporal, taskQueue, profile } = client.context;
  const planned = planGrowth(parseTeam(team(name, root)));
  const input: RunInput = {
    format: RUN_FORMAT,
    team: planned,
    input: inline('go'),
    settings: {
      ...runSettings({ team: planned, profile, taskQueue, searchAttributes: true }),
      maxHistoryEvents,
    },
  };
  await temporal.workflow.start(WORKFLOW_TYPES.team, { workflowId: name, taskQueue, args: [input] });
  await untilOver(client, name);
  return name;
}

async function untilOver(client: BatonClient, run: string): Promise<void> {
  for await (const _ of client.watch(run));
}
