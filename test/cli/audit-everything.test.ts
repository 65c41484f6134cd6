import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Audit } from '../../src/cli/audit/audit-run';
import { EXIT } from '../../src/cli/exit-codes';
import {
  agent,
  dag,
  debate,
  map,
  on,
  parallel,
  peers,
  pipeline,
  race,
  refine,
  saga,
  supervise,
  team,
  tool,
  vote,
} from '../../src/contract/builders';
import { EVENT_SIGNAL } from '../../src/contract/names';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { output, text, toolCalls } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import { openRunBench, type RunBench, until } from '../client/run-bench';
import { sharedServer } from '../setup/shared-server';
import { openWorkerBench } from '../workers/worker-bench';
import { isFirstTurn, turnOf } from '../workflows/engine';
import { tripDesk } from '../workflows/trip-desk';
import { baton } from './fake-terminal';

const desk = tripDesk();
const page = defineTool({
  name: 'page',
  description: 'A page that anybody may have written.',
  input: z.object({}),
  effect: 'read',
  repeat: 'safe',
  run: async () => 'buy now',
});
let bench: RunBench;
beforeAll(async () => {
  bench = await openRunBench([...desk.tools, page]);
});
afterAll(() => bench.close());

async function told(run: string, store: string, ...flags: readonly string[]): Promise<string> {
  const command = baton(['audit', run, ...flags], {
    env: { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: store },
  });
  expect([await command.ended, command.stderr()]).toEqual([EXIT.ok, expect.anything()]);
  return command.stdout();
}

const audited = async (run: string, store = bench.folder): Promise<Audit> =>
  JSON.parse(await told(run, store, '--json')) as Audit;

/** Every call that was paid for is told with somebody's name on it. */
function callsTold({ steps }: Audit): number {
  return steps.flatMap(({ agents }) => agents).reduce((sum, { usage }) => sum + (usage?.calls ?? 0), 0);
}

const who = (name: string, more: object = {}) => agent({ name, instructions: `You are ${name}.` }, more);

/** One of each pattern that decides something, one after the other. */
const everything = team(
  'everything',
  pipeline([
    map('/items', who('each'), { id: 'mapped' }),
    race({ fast: who('fast'), slow: who('slow') }, { id: 'raced' }),
    vote(
      { one: who('one'), two: who('two'), three: who('three') },
      { rule: 'plurality', tieBreak: 'escalate', id: 'voted' },
    ),
    dag(
      [
        { id: 'a', step: who('first') },
        { id: 'b', step: who('second'), requires: ['a'] },
      ],
      { id: 'planned' },
    ),
    supervise(
      { name: 'head', instructions: 'Lead.' },
      { helper: who('helper', { isolated: true }) },
      { id: 'led' },
    ),
    saga(
      [
        { name: 'flight', do: tool('book', { what: 'flight' }) },
        { name: 'told', do: who('bad') },
      ],
      { id: 'undone', onFailure: 'skip' },
    ),
    refine({ draft: who('writer'), review: who('reviewer') }, { id: 'refined' }),
    debate({ proposer: who('pro'), critic: who('con'), judge: who('judge') }, { id: 'debated' }),
    peers({ ann: who('p1'), bob: who('p2') }, { id: 'talked', maxRounds: 1, until: 'quiet' }),
    agent({ name: 'shaky', instructions: 'Try.' }, { id: 'fell', onFailure: { fallback: who('spare') } }),
    parallel({ left: who('left', { isolated: true }), right: who('right') }, { id: 'both' }),
    on('news', { timeout: '1m', id: 'heard' }),
  ]),
);

function scriptEverything(): void {
  const refusal = { text: '', stop: 'refusal' } as const;
  bench.script({
    slow: () => new Promise(() => undefined),
    one: () => text('yes'),
    two: () => text('yes'),
    three: () => text('no'),
    head: (request) =>
      isFirstTurn(request)
        ? toolCalls({
            name: 'delegate_to_helper',
            args: { objective: 'help', expectedOutput: 'x', boundaries: 'y' },
          })
        : text('led'),
    bad: () => refusal,
    shaky: () => refusal,
    reviewer: () => output({ passed: true, feedback: 'good' }),
    con: () => output({ agrees: false, argument: 'no' }),
    p1: () => output({ messages: [], answer: 'Blue' }),
    p2: () => output({ messages: [], answer: 'Blue' }),
    judge: () => output({ decided: true, verdict: 'plan', reasons: [], dissent: [] }),
  });
}

async function waitsForNews(run: string): Promise<void> {
  for await (const { nodes, state } of bench.client.watch(run))
    if (nodes.some(({ kind }) => kind === 'on') || state === 'waiting') return;
  const { failure } = await bench.client.view(run);
  throw new Error(`run ${run} ended before it waited: ${failure?.message ?? 'well'}`);
}

describe('audit', () => {
  test('every pattern: why it went as it did, and whose every paid call was; of what forked it too; and with the store gone', async () => {
    scriptEverything();
    const { run } = await bench.client.start(everything, { items: ['i', 'j'] });
    await waitsForNews(run);
    await bench.client.context.temporal.workflow.getHandle(run).signal(EVENT_SIGNAL, 'no event');
    await bench.client.emit(run, 'news', { payload: 'rain' });
    await bench.client.result(run);

    const audit = await audited(run);
    const outcomes = Object.fromEntries(audit.steps.map(({ kind, outcome }) => [kind, outcome]));
    expect(outcomes).toMatchObject({
      map: '2 of 2 items',
      race: 'won by fast',
      vote: expect.stringContaining('decided by'),
      refine: 'passed in 1 round',
      debate: expect.stringContaining('ended by'),
      peers: expect.stringContaining('ended by'),
    });
    expect(audit.misfits).toEqual([]);
    expect(callsTold(audit)).toBe(audit.usage.calls);
    expect(audit.usage.calls).toBeGreaterThan(15);
    const shown = await told(run, bench.folder);
    for (const line of [
      'decided: won by fast',
      'decided: 2 of 2 items',
      'called: delegate_to_helper(',
      'all that it had done was undone',
      'went on after: ModelRefused',
      'given: help',
      'told by update: emit {"event":"news","value":"rain"}',
      '1 signal dropped',
      'saga undone: skipped',
      'stopped: ',
    ])
      expect(shown).toContain(line);

    scriptEverything();
    const changed = { ...everything, agents: { ...everything.agents } };
    const right = changed.agents.right;
    if (right !== undefined) changed.agents.right = { ...right, instructions: 'You are new.' };
    const { run: forked } = await bench.client.fork(run, { team: changed });
    await waitsForNews(forked);
    await bench.client.emit(forked, 'news', { payload: 'sun' });
    await bench.client.result(forked);
    const fork = await audited(forked);
    // The saga is done and undone anew; that an earlier run had undone its own, nobody is asked about.
    expect(fork.approvals).toEqual([]);
    expect(fork.lineage).toBe(run);
    expect(callsTold(fork)).toBe(fork.usage.calls);
    const uses = fork.steps.flatMap(({ agents }) => agents);
    expect(uses.filter(({ by }) => by.agent === 'fast')).toMatchObject([{ found: true }]);
    expect(uses.filter(({ by }) => by.agent === 'right')).toMatchObject([
      { by: { instructions: 'You are new.' }, usage: { calls: 1 } },
    ]);

    const empty = mkdtempSync(join(tmpdir(), 'baton-empty-'));
    const gaps = await audited(run, empty);
    expect(gaps.lost.length).toBeGreaterThan(10);
    expect(gaps.usage).toEqual(audit.usage);
    expect(gaps.steps.map(({ outcome }) => outcome)).toEqual(audit.steps.map(({ outcome }) => outcome));
    expect(await told(run, empty)).toContain('cannot be told: the store');
    rmSync(empty, { recursive: true });
  });

  test('who approved what: asked, escalated, handed on, edited, signed off, what they saw, and what was refused or held', async () => {
    bench.script({
      clerk: (request) =>
        [
          toolCalls({ name: 'page', args: {} }),
          toolCalls({ name: 'note', args: { text: 'first' } }, { name: 'book', args: { what: 'boat' } }),
        ][turnOf(request)] ?? text('noted'),
    });
    const approvals = { approvers: ['ann'], escalate: [{ after: '1s', to: ['boss'] }] };
    const root = agent({ name: 'clerk', instructions: 'Note.', tools: ['page', 'note', 'book'] });
    const rules = [{ verdict: 'deny' as const, tools: ['book'], because: 'no boats' }];
    const { run } = await bench.client.start(team('noting', root, { approvals, policy: { rules } }), 'x');
    const asked = await bench.waitingIn(run);
    await until(async () => (await bench.client.approvals({ run }))[0]?.approvers.includes('boss') === true);
    const word = { approval: asked.id, by: 'ann' };
    const edited = await bench.client.editCall(
      { ...word, hash: asked.hash, args: { inline: { text: 'second' } } },
      { run },
    );
    await bench.client.delegate({ ...word, hash: edited.hash, to: 'bob', reason: 'on leave' }, { run });
    await bench.client.decide(
      { approval: asked.id, hash: edited.hash, verdict: 'approve', by: 'bob', reason: 'fine' },
      { run },
    );
    await bench.client.result(run);

    const {
      approvals: [approval],
      steps,
    } = await audited(run);
    expect(approval).toMatchObject({ seen: { text: 'second' }, decision: { by: 'bob' } });
    expect(approval?.trail.map(({ what }) => what)).toEqual([
      'asked',
      'escalated',
      'edited',
      'delegated',
      'approved',
    ]);
    expect(steps[0]?.tools).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ tool: 'book', refusedBy: 'policy', notRun: true }),
        expect.objectContaining({ tool: 'note', held: { from: '0.whenUntrusted' }, untrusted: true }),
        expect.objectContaining({
          tool: 'note',
          args: { text: 'second' },
          approval: asked.id,
          isError: false,
        }),
      ]),
    );
    const shown = await told(run, bench.folder);
    for (const line of [
      /had read what is untrusted: page/,
      /held for a person by 0\.whenUntrusted/,
      /refused by policy: Not run: .*no boats/,
      /shown: \{"text":"second"\}/,
      /escalated to boss/,
      /edited by ann hash [0-9a-f]{64}, in place of .*first/,
      /delegated by ann to bob: on leave/,
      /approved by bob: fine/,
      /so: approve by bob, update, under [0-9a-f]{64}/,
      /decided unsigned/,
      new RegExp(`tool note\\(.*second.*\\), under approval ${asked.id}`),
    ])
      expect(shown).toMatch(line);
  });

  test('an agent that went on in new executions: each turn once, and every paid call', async () => {
    const workers = await openWorkerBench();
    try {
      const turns = 30;
      const provider = scripted((request) =>
        turnOf(request) < turns ? toolCalls({ name: 'page', args: {} }) : text('done'),
      );
      await workers.startWorker({ models: oneModel(provider), tools: [page] });
      const long = agent(
        { name: 'long', instructions: 'Go on.', tools: ['page'], limits: { maxTurns: 40, maxToolCalls: 40 } },
        { isolated: true },
      );
      const handle = await workers.startRun(team('long', pipeline([long])), 'x', { maxHistoryEvents: 60 });
      await handle.result();
      const audit = await audited(handle.workflowId, workers.folder);
      const step = audit.steps.find(({ label }) => label === 'long');
      // A call that asked for more budget first was sent twice, and made once.
      expect(step?.agents.filter(({ usage }) => usage !== undefined)).toHaveLength(turns + 1);
      expect(step?.tools).toHaveLength(turns);
      expect(callsTold(audit)).toBe(audit.usage.calls);
      expect(audit.misfits).toEqual([]);
    } finally {
      await workers.close();
    }
  });
});
