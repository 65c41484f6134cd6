import { agent, parallel, pipeline, team } from '../../src/contract/builders';
import type { ScriptedReply } from '../../src/models/scripted-reply';
import { openRunBench, type RunBench, until } from './run-bench';

const refusal: ScriptedReply = { text: '', stop: 'refusal', stopDetail: 'cyber' };

let bench: RunBench;
let client: RunBench['client'];

beforeAll(async () => {
  bench = await openRunBench();
  client = bench.client;
});
afterAll(() => bench.close());

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });
const optional = { join: { bestEffort: { atLeast: 0, required: [] } } };

/** The list is a search, which learns of an end a moment later. */
async function listed(name: string, count: number) {
  let runs = await client.failed({ team: name });
  await until(async () => {
    runs = await client.failed({ team: name });
    return runs.length === count;
  });
  return runs;
}

describe('failed', () => {
  test('a failed run and a failed optional task keep their reason and their input; whole results are not there', async () => {
    const branches = parallel({ ok: who('ok'), bad: who('bad') }, optional);
    const given = team('letters', pipeline([who('first'), branches, who('last')]));
    await bench.finished(given);
    bench.script({ bad: () => refusal });
    const partial = await bench.finished(given, 'an order');
    bench.script({ first: () => refusal });
    const failed = await bench.failing(given, 'another order');
    expect(await listed('letters', 2)).toEqual([
      expect.objectContaining({
        run: failed,
        state: 'failed',
        parts: [expect.objectContaining({ type: 'ModelRefused', input: { inline: 'another order' } })],
      }),
      expect.objectContaining({
        run: partial,
        state: 'partial',
        parts: [
          expect.objectContaining({
            path: expect.stringContaining('bad'),
            type: 'ModelRefused',
            input: { inline: 'first says it' },
          }),
        ],
      }),
    ]);
  });

  test('resume of a partial result asks what is missing, and what is told more by it', async () => {
    const branches = parallel({ ok: who('ok'), bad: who('bad') }, optional);
    bench.script({ bad: () => refusal });
    const run = await bench.finished(team('completed', pipeline([who('first'), branches, who('last')])));
    bench.script();
    const { run: again } = await client.resume(run);
    expect(await client.result(again)).toMatchObject({ state: 'done', missing: [] });
    expect(bench.asked()).toEqual(['bad', 'last']);
  });
});

describe('retry', () => {
  test('takes up every failed run once, and repeats no call that had finished', async () => {
    const given = team('outage', pipeline([who('one'), who('two')]));
    bench.script({ two: () => refusal });
    const runs = [await bench.failing(given), await bench.failing(given), await bench.failing(given)];
    await listed('outage', 3);
    bench.script();
    const byHand = `${runs[0]}-by-hand`;
    await client.resume(runs[0] ?? '', { runId: byHand });
    await client.result(byHand);
    await until(async () =>
      (await client.failed({ team: 'outage' })).some(({ takenUp }) => takenUp === byHand),
    );
    const closedSince = Date.now() - 60_000;
    expect(await client.retry({ team: 'outage', closedSince, types: ['ModelOverloaded'] })).toEqual([]);
    const retried = await client.retry({ team: 'outage', closedSince, types: ['ModelRefused'] });
    expect(retried.toSorted((a, b) => runs.indexOf(a.run) - runs.indexOf(b.run))).toEqual([
      { run: runs[1], as: `${runs[1]}-r2` },
      { run: runs[2], as: `${runs[2]}-r2` },
    ]);
    for (const { as = '' } of retried) expect(await client.result(as)).toMatchObject({ state: 'done' });
    expect(bench.asked()).toEqual(['two', 'two', 'two']);
    expect(await client.retry({ team: 'outage', closedSince })).toEqual([]);
    await until(async () =>
      (await client.failed({ team: 'outage' })).every(({ takenUp }) => takenUp !== undefined),
    );
  });
});
