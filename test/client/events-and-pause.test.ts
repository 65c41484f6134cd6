import { agent, emit, on, parallel, pipeline, saga, subteam, team, tool } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { tripDesk } from '../workflows/trip-desk';
import { openRunBench, type RunBench, until } from './run-bench';

const desk = tripDesk();
const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const alone = { isolated: true };

let bench: RunBench;
let client: RunBench['client'];

beforeAll(async () => {
  bench = await openRunBench(desk.tools);
  client = bench.client;
});
beforeEach(() => desk.reset());
afterAll(() => bench.close());

async function stateAt(run: string, path: string): Promise<string | undefined> {
  return (await client.view(run)).nodes.find((node) => node.path === path)?.state;
}

describe('events', () => {
  test('a client’s event reaches a step that waits, and what it brings is the step’s output beside its input', async () => {
    const { run } = await client.start(team('paid', on('paid')), 'order 7');
    await until(async () => (await stateAt(run, 'root')) === 'waiting');
    await client.emit(run, 'paid', { payload: { amount: 12 } });
    expect((await client.result(run)).output).toEqual({ input: 'order 7', event: { amount: 12 } });
  });

  test('an event that came before the step counts, the last of several, by signal too', async () => {
    bench.script({
      slow: async () => {
        await until(() => sent);
        return text('done');
      },
    });
    let sent = false;
    const { run } = await client.start(team('early', pipeline([who('slow'), on('paid')])), 'go');
    await client.emit(run, 'paid', { payload: 1, options: { via: 'signal' } });
    await client.emit(run, 'paid', { payload: 2 });
    sent = true;
    expect((await client.result(run)).output).toEqual({ input: 'done', event: 2 });
  });

  test('an event that no step waits for is refused, with those that are known', async () => {
    const { run } = await client.start(team('strict', on('paid')), null);
    await expect(client.emit(run, 'payed')).rejects.toMatchObject({
      type: 'EventRefused',
      message: expect.stringContaining('paid'),
    });
    await client.emit(run, 'paid');
    await client.result(run);
  });

  test('between children with histories of their own and a sub-team, whoever begins first', async () => {
    bench.script();
    const listeners = team('listeners', pipeline([on('ready'), who('late')]));
    const root = parallel({
      teller: pipeline([who('teller'), emit('ready')], alone),
      here: on('ready'),
      child: pipeline([on('ready')], alone),
      deep: pipeline([parallel({ inner: { ...on('ready').step, ...alone } })], alone),
      team: subteam(listeners),
      after: pipeline([on('ready'), pipeline([on('ready')], alone)]),
    });
    const { run } = await client.start(team('spread', root), 'go');
    const { output } = await client.result(run);
    expect(output).toMatchObject({
      here: { input: 'go', event: 'teller says it' },
      child: { event: 'teller says it' },
      deep: { inner: { event: 'teller says it' } },
      team: 'late says it',
      after: { event: 'teller says it' },
    });
  });

  test('a client waits for what a step raises, in a child too, and finds it once the run is over', async () => {
    bench.script();
    const large = 'x'.repeat(100_000);
    const root = pipeline([on('go'), parallel({ child: pipeline([emit('ready'), who('late')], alone) })]);
    const { run } = await client.start(team('told', root), large);
    const heard = client.awaitEvent(run, 'ready');
    await expect(client.awaitEvent(run, 'ready', { timeout: '1s' })).rejects.toMatchObject({
      type: 'EventNotRaised',
      message: expect.stringContaining('within 1s'),
    });
    await client.emit(run, 'go', { payload: 1 });
    const brought = { input: large, event: 1 };
    expect(await heard).toEqual(brought);
    await client.result(run);
    expect(await client.awaitEvent(run, 'ready')).toEqual(brought);
    await expect(client.awaitEvent(run, 'redy')).rejects.toMatchObject({
      type: 'EventRefused',
      message: expect.stringContaining('go, ready'),
    });
  });

  test('a client that waits is told when the run ends without the event', async () => {
    bench.script({ bad: () => ({ text: '', stop: 'refusal' }) });
    const { run } = await client.start(team('mute', pipeline([who('bad'), emit('ready')])), 'go');
    await expect(client.awaitEvent(run, 'ready')).rejects.toMatchObject({
      type: 'EventNotRaised',
      message: expect.stringContaining('ended (failed)'),
    });
  });

  test('one that does not come fails the step', async () => {
    const { run } = await client.start(team('never', on('paid', { timeout: '1s' })), null);
    await expect(client.result(run)).rejects.toMatchObject({
      type: 'StepTimedOut',
      message: expect.stringContaining('"paid"'),
    });
  });
});

describe('pause', () => {
  test('calls under way are finished, no new one starts, in children neither; unpaused, all goes on', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = () => held.then(() => text('done'));
    bench.script({ a: slow, b: slow, c: slow });
    const two = (first: string) =>
      pipeline([who(first), who(`${first}-next`), tool('note', { text: first })]);
    const sub = team('sub', two('c'));
    const root = parallel({ here: two('a'), child: { ...two('b').step, ...alone }, team: subteam(sub) });
    const { run } = await client.start(
      team('held', root, {
        agents: Object.fromEntries(['b', 'b-next'].map((name) => [name, { instructions: name }])),
      }),
      'go',
    );
    await until(() => bench.asked().length === 3);
    await client.pause(run, { by: 'ann', reason: 'a look' });
    await until(async () => (await client.view(run)).paused !== undefined);
    expect((await client.view(run)).paused).toMatchObject({ by: 'ann', reason: 'a look' });
    const children = (await client.view(run)).nodes.flatMap(({ child }) => child ?? []);
    await until(async () =>
      (await Promise.all(children.map((child) => client.view(child)))).every(
        ({ paused }) => paused !== undefined,
      ),
    );
    release();
    await until(async () => (await client.view(run)).nodes.filter(({ turns }) => turns > 0).length === 3);
    // A call that was to start would have: the next steps have begun, and hold.
    await until(
      async () => (await client.view(run)).nodes.filter(({ label }) => label.endsWith('-next')).length === 3,
    );
    expect(bench.asked().toSorted()).toEqual(['a', 'b', 'c']);
    await client.unpause(run);
    await client.result(run);
    expect(bench.asked().toSorted()).toEqual(['a', 'a-next', 'b', 'b-next', 'c', 'c-next']);
    expect(desk.done.toSorted()).toEqual(['note a', 'note b', 'note c']);
    expect((await client.view(run)).paused).toBeUndefined();
    await expect(client.pause(run)).rejects.toMatchObject({ type: 'RunOver' });
  });

  test('paused before a child starts: the child waits as well', async () => {
    bench.script();
    const root = pipeline([on('go'), pipeline([who('one')], alone)]);
    const { run } = await client.start(team('before', root), null);
    await client.pause(run);
    await client.emit(run, 'go');
    await until(async () => (await stateAt(run, 'root/pipeline:1')) === 'running');
    expect(bench.asked()).toEqual([]);
    await client.unpause(run);
    await client.result(run);
    expect(bench.asked()).toEqual(['one']);
  });

  test('cancelled while paused: what was done is undone all the same', async () => {
    bench.script();
    const root = saga([
      { name: 'flight', do: tool('book', { what: 'flight' }) },
      { name: 'wait', do: on('never') },
    ]);
    const { run } = await client.start(team('undone', root), null);
    await until(async () => (await stateAt(run, 'root/saga:wait')) === 'waiting');
    await client.pause(run);
    await client.cancel(run);
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunCancelled' });
    expect(desk.done).toEqual(['book flight', 'cancel flight']);
  });
});
