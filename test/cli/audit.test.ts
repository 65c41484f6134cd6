import { EXIT } from '../../src/cli/exit-codes';
import { agent, approve, parallel, pipeline, route, team } from '../../src/contract/builders';
import { text, toolCalls } from '../../src/models/scripted-reply';
import { openRunBench, type RunBench } from '../client/run-bench';
import { sharedServer } from '../setup/shared-server';
import { isFirstTurn } from '../workflows/engine';
import { tripDesk } from '../workflows/trip-desk';
import { baton } from './fake-terminal';

const desk = tripDesk();
let bench: RunBench;
beforeAll(async () => {
  bench = await openRunBench(desk.tools);
});
afterAll(() => bench.close());

async function audited(run: string, ...flags: readonly string[]) {
  const command = baton(['audit', run, ...flags], {
    env: { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: bench.folder },
  });
  expect(await command.ended).toBe(EXIT.ok);
  return command.stdout();
}

const who = (name: string, more = {}) => agent({ name, instructions: `You are ${name}.`, ...more });

test('audit, with no worker left: what was given, said, called and paid, who approved what, why each branch', async () => {
  const long = 'a long letter '.repeat(500);
  bench.script({
    booker: (request) =>
      isFirstTurn(request) ? toolCalls({ name: 'book', args: { what: 'hotel' } }) : text('booked'),
    writer: () => text(long),
    packed: () => text('packed says so'),
  });
  const given = team(
    'audited',
    pipeline([
      route(
        { trips: who('booker', { tools: ['book'] }) },
        {
          by: [{ by: 'rules', rules: [{ when: { at: '/kind', equals: 'trip' }, route: 'trips' }] }],
          fallback: who('last'),
        },
      ),
      approve('Send it?', { approvers: ['ann'], deadline: '1h', whenUnanswered: 'deny' }),
      parallel({ a: who('writer', {}), b: who('packed', { mode: 'packed' }) }, { isolated: true }),
    ]),
  );
  const { run } = await bench.client.start(given, { kind: 'trip', to: 'rome' });
  await bench.decide(await bench.waitingIn(run), 'approve');
  const { usage } = await bench.client.result(run);
  await bench.stopWorker();

  const audit = JSON.parse(await audited(run, '--json'));
  expect(audit).toMatchObject({
    run,
    team: 'audited',
    state: 'done',
    input: { kind: 'trip', to: 'rome' },
    misfits: [],
  });
  expect(audit.usage).toEqual(usage);
  const step = (label: string) => audit.steps.find((each: { label: string }) => each.label === label);
  expect(step('booker')).toMatchObject({
    agents: [
      { by: { agent: 'booker', instructions: 'You are booker.' }, usage: { calls: 1 } },
      { messages: [expect.anything(), { role: 'assistant', content: [{ text: 'booked' }] }] },
    ],
    tools: [{ tool: 'book', args: { what: 'hotel' }, key: expect.any(String), isError: false }],
  });
  expect(step('writer').agents[0].messages.at(-1).content[0].text).toBe(long);
  expect(step('packed').agents[0].messages.at(-1).content[0].text).toBe('packed says so');
  expect(audit.steps.find(({ kind }: { kind: string }) => kind === 'route').routing).toMatchObject({
    route: 'trips',
    by: 'rules',
  });
  expect(audit.approvals).toEqual([
    expect.objectContaining({
      question: 'Send it?',
      decision: expect.objectContaining({ by: 'ann', verdict: 'approve' }),
    }),
  ]);

  const shown = await audited(run);
  expect(shown).toContain('route: trips, by rules');
  expect(shown).toContain('called: book({"what":"hotel"})');
  expect(shown).toMatch(/approve by ann, update/);
  expect(shown).not.toContain(long.trim());
  expect(await audited(run, '--full')).toContain(long.trim());
});
