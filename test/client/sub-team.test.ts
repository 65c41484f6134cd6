import {
  agent,
  approve,
  parallel,
  pipeline,
  saga,
  subteam,
  supervise,
  team,
  tool,
} from '../../src/contract/builders';
import { text, toolCalls } from '../../src/models/scripted-reply';
import { isFirstTurn } from '../workflows/engine';
import { tripDesk } from '../workflows/trip-desk';
import { openRunBench, type RunBench, until } from './run-bench';

const desk = tripDesk();
const writer = (instructions: string) => agent({ name: 'writer', instructions });

let bench: RunBench;
let client: RunBench['client'];

beforeAll(async () => {
  bench = await openRunBench(desk.tools);
  client = bench.client;
});
beforeEach(() => desk.reset());
afterAll(() => bench.close());

describe('sub-team', () => {
  test('asked to be isolated it is what it is anyway: one child', async () => {
    const inner = team('inner', writer('Write.'));
    bench.script({ writer: () => text('written') });
    const { run } = await client.start(team('outer', pipeline([subteam(inner, { isolated: true })])), 'go');
    expect(await client.result(run)).toMatchObject({ output: 'written', usage: { calls: 1 } });
    const { nodes } = await client.view(run);
    expect(nodes.flatMap(({ child }) => child ?? [])).toEqual([`${run}/root/pipeline:0`]);
  });

  const desk2 = team('editors', pipeline([writer('Edit as the sub-team says.'), approve('Print it?')]));
  const paper = team('paper', pipeline([writer('Write.'), subteam(desk2), subteam(desk2)]));

  test('runs as a child with agents of its own; its steps, cost and questions are in the run’s view', async () => {
    const systems: (string | undefined)[] = [];
    bench.script({
      writer: (request) => {
        systems.push(request.system);
        return text('written');
      },
    });
    const { run } = await client.start(paper, 'go');
    const first = await bench.waitingIn(run);
    expect(first).toMatchObject({
      run,
      team: 'editors',
      workflow: `${run}/root/pipeline:1`,
      question: 'Print it?',
    });
    expect((await client.view(run)).usage.calls).toBe(2);
    await bench.decide(first, 'approve');
    await until(async () => (await client.approvals({ run })).some(({ id }) => id !== first.id));
    await bench.decide(await bench.waitingIn(run), 'approve');
    expect(await client.result(run)).toMatchObject({ output: 'written', usage: { calls: 3 } });
    expect(systems).toEqual(['Write.', 'Edit as the sub-team says.', 'Edit as the sub-team says.']);
    const view = await client.view(run);
    expect(view.nodes.map(({ path, state }) => `${path} ${state}`)).toEqual([
      'root done',
      'root/pipeline:0 done',
      'root/pipeline:1 done',
      'root/pipeline:1/team:editors done',
      'root/pipeline:1/team:editors/pipeline:0 done',
      'root/pipeline:1/team:editors/pipeline:1 done',
      'root/pipeline:2 done',
      'root/pipeline:2/team:editors done',
      'root/pipeline:2/team:editors/pipeline:0 done',
      'root/pipeline:2/team:editors/pipeline:1 done',
    ]);
    expect(view.nodes.find(({ path }) => path === 'root/pipeline:1')?.usage.calls).toBe(1);
    expect(view.approvals).toHaveLength(2);
  });

  test('two deep, and as a supervisor’s worker', async () => {
    bench.script({
      boss: (request) =>
        isFirstTurn(request)
          ? toolCalls({ name: 'delegate_to_crew', args: { objective: 'do it' } })
          : text('delegated'),
    });
    const inner = team('inner', writer('Inner.'));
    const outer = team(
      'outer',
      supervise({ name: 'boss', instructions: 'Delegate.' }, { crew: subteam(inner) }),
    );
    const { run } = await client.start(team('top', parallel({ only: subteam(outer) })), 'go');
    expect(await client.result(run)).toMatchObject({ output: { only: 'delegated' }, usage: { calls: 3 } });
    expect((await client.view(run)).nodes.map(({ path }) => path)).toContain(
      'root/parallel:only/team:outer/supervise:crew[0]/team:inner',
    );
  });

  test('its own limits hold, and the run’s where less is left', async () => {
    const many = (limits: object) =>
      team('many', pipeline([writer('1'), agent('writer'), agent('writer')]), { limits });
    bench.script();
    await expect(
      client.result((await client.start(team('own', subteam(many({ maxModelCalls: 2 }))), 'go')).run),
    ).rejects.toMatchObject({ type: 'ModelCallLimitReached' });
    const tight = team('tight', pipeline([writer('0'), subteam(many({}))]), { limits: { maxModelCalls: 3 } });
    await expect(client.result((await client.start(tight, 'go')).run)).rejects.toMatchObject({
      type: 'ModelCallLimitReached',
    });
    bench.script({ writer: () => new Promise<never>(() => undefined) });
    await expect(
      client.result((await client.start(team('late', subteam(many({ timeout: '1s' }))), 'go')).run),
    ).rejects.toMatchObject({ type: 'StepTimedOut', message: expect.stringContaining('"many"') });
  });

  test('under cancellation it is cancelled with the run; in a saga what it did is undone; a resume finds its calls', async () => {
    const booking = team('booking', pipeline([tool('book', { what: 'hotel' }), writer('Tell.')]));
    const trip = team(
      'trip',
      saga([
        { name: 'stay', do: subteam(booking) },
        { name: 'end', do: agent({ name: 'end', instructions: 'End.' }) },
      ]),
    );
    bench.script({ end: () => new Promise<never>(() => undefined) });
    const { run } = await client.start(trip, 'go');
    await until(() => bench.asked().includes('end'));
    await client.cancel(run);
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunCancelled' });
    expect(desk.done).toEqual(['book hotel', 'cancel hotel']);
    bench.script();
    await client.result((await client.resume(run)).run);
    expect(bench.asked()).toEqual(['end']);
    expect(desk.done.slice(2)).toEqual(['book hotel']);
  });
});
