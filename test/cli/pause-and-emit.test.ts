import { EXIT } from '../../src/cli/exit-codes';
import { agent, on, pipeline, team } from '../../src/contract/builders';
import { text } from '../../src/models/scripted-reply';
import { openRunBench, type RunBench, until } from '../client/run-bench';
import { sharedServer } from '../setup/shared-server';
import { baton, type Running } from './fake-terminal';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const waiting = team('paid', pipeline([on('paid'), who('clerk')]));

let bench: RunBench;

beforeAll(async () => {
  bench = await openRunBench();
});
beforeEach(() => bench.script());
afterAll(() => bench.close());

function command(args: readonly string[], stdin?: string): Running {
  const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: bench.folder };
  return baton(args, { env, ...(stdin === undefined ? {} : { stdin }) });
}

async function started(): Promise<string> {
  const { run } = await bench.client.start(waiting, 'order 7');
  await until(async () => (await bench.client.view(run)).nodes.some(({ state }) => state === 'waiting'));
  return run;
}

async function document(code: number, ...args: readonly string[]) {
  const running = command([...args, '--json']);
  expect(await running.ended).toBe(code);
  return JSON.parse(running.stdout());
}

describe('baton pause, unpause, emit and on', () => {
  test('paused, an event starts no call; who paused it and why is shown; unpaused, the run goes on', async () => {
    const run = await started();
    const pause = command(['pause', run, '--by', 'ann', '--reason', 'a look']);
    expect(await pause.ended).toBe(EXIT.ok);
    expect(pause.stdout() + pause.stderr()).toContain(`baton unpause ${run}`);
    await until(async () => (await bench.client.view(run)).paused !== undefined);
    const watch = command(['watch', run, '--once']);
    expect(await watch.ended).toBe(EXIT.ok);
    expect(watch.stdout() + watch.stderr()).toMatch(/paused at \S+ by ann: a look/);
    expect(watch.stdout()).toMatch(
      /budget +limit +spent +in doubt +held +left\nthe run +calls +20000 +0 +0 +0 +20000/,
    );
    expect(await document(EXIT.ok, 'emit', run, 'paid', '--payload', '{ "amount": 12 }')).toEqual({
      run,
      event: 'paid',
    });
    await until(async () => (await bench.client.view(run)).nodes.some(({ label }) => label === 'clerk'));
    expect(bench.asked()).toEqual([]);
    expect(await document(EXIT.ok, 'unpause', run)).toEqual({ run, paused: false });
    expect(await bench.client.result(run)).toMatchObject({ output: 'clerk says it' });
    for (const name of ['pause', 'unpause'])
      expect((await document(EXIT.refused, name, run)).error).toMatchObject({
        type: 'RunOver',
        message: expect.stringContaining('is over already'),
      });
  });

  test.each([
    ['an update', []],
    ['a signal', ['--signal']],
  ])('the payload may come from stdin, by %s', async (_, more) => {
    let heard = '';
    bench.script({
      clerk: ({ messages }) => {
        heard = JSON.stringify(messages);
        return text('noted');
      },
    });
    const run = await started();
    const emit = command(['emit', run, 'paid', '--payload', '-', ...more], '{ "amount": 7 }');
    expect(await emit.ended).toBe(EXIT.ok);
    await bench.client.result(run);
    expect(heard).toMatch(/amount\\": 7/);
  });

  test('baton on waits for an event and prints what it brought', async () => {
    const run = await started();
    const waits = command(['on', run, 'paid']);
    expect((await document(EXIT.notFound, 'on', run, 'paid', '--timeout', '100ms')).error).toMatchObject({
      type: 'EventNotRaised',
    });
    await document(EXIT.ok, 'emit', run, 'paid', '--payload', '{ "amount": 12 }');
    expect(await waits.ended).toBe(EXIT.ok);
    expect(waits.stdout()).toBe('amount: 12\n');
    const payload = { amount: 12 };
    expect(await document(EXIT.ok, 'on', run, 'paid')).toEqual({ run, event: 'paid', payload });
    expect((await document(EXIT.usage, 'on', run, 'paid', '--timeout', 'soon')).error).toMatchObject({
      type: 'InvalidInput',
    });
  });

  test('an event that nobody waits for is refused with those that are; over, there is none to hear it', async () => {
    const run = await started();
    expect((await document(EXIT.refused, 'emit', run, 'payed')).error).toMatchObject({
      type: 'EventRefused',
      message: expect.stringContaining('paid'),
    });
    expect((await document(EXIT.usage, 'emit', run, 'not a name')).error).toMatchObject({
      type: 'InvalidInput',
    });
    await document(EXIT.ok, 'emit', run, 'paid');
    await bench.client.result(run);
    expect((await document(EXIT.refused, 'emit', run, 'paid')).error).toMatchObject({ type: 'RunOver' });
    expect((await document(EXIT.refused, 'emit', run, 'paid', '--signal')).error).toMatchObject({
      type: 'RunOver',
    });
  });
});
