import { setTimeout as sleep } from 'node:timers/promises';
import { agent, map, parallel, team } from '../../src/contract/builders';
import { failure } from '../../src/contract/fail';
import { text, toolCall } from '../../src/models/scripted-reply';
import { testTool } from '../workers/test-tool';
import { type Engine, startEngine } from './engine';

const PRICE = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
/** The third try would come in a minute: nothing of the call runs then. */
const WAITS_MS = [10, 10, 60_000];

function cutter(): () => never {
  let cuts = 0;
  return () => {
    throw failure('ModelConnectionLost', 'The connection was cut.', { retryAfterMs: WAITS_MS[cuts++] ?? 0 });
  };
}
const isFirstTurn = ({ messages }: { readonly messages: readonly unknown[] }) => messages.length === 1;

/** By then the replies are in the journal. */
const UNTIL_KEPT_MS = 300;

/** Steps below such names have long paths. */
const LONG_NAME = 'long'.repeat(12);

describe('what is cancelled between two tries, when it can tell nothing itself', () => {
  let engine: Engine;
  beforeAll(async () => {
    const look = testTool({ name: 'look', run: async () => 'seen' });
    engine = await startEngine({ tools: [look], price: PRICE });
  });
  afterAll(() => engine.stop());

  /** The bill of a run that was cancelled while its call waited to be tried again. */
  async function billOf(
    root: Parameters<typeof team>[1],
    calls: number,
    { items = ['alpha', 'beta'], resting = 1 }: { items?: readonly string[]; resting?: number } = {},
  ) {
    // A try that a busy machine is slow to tell of must not count as lost, and be begun again.
    const run = await engine.start(team('cut', root), [...items], { heartbeatTimeoutMs: 30_000 });
    await engine.until(() => engine.asked('writer') === calls);
    await engine.until(async () => (await run.resting()) === resting);
    await sleep(UNTIL_KEPT_MS);
    expect(engine.asked('writer')).toBe(calls);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    const { usage, budgets } = await run.view();
    expect(budgets?.[0]?.held.calls).toBe(0);
    const counted = (await run.history()).filter(
      ({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name === 'countUnheard',
    );
    return { calls: usage.calls, inDoubt: usage.doubt?.calls, counted: counted.length };
  }

  test('a call: each request that was cut is in doubt', async () => {
    engine.replies({ writer: cutter() });
    const writer = agent({ name: 'writer', instructions: 'Write.' });
    expect(await billOf(writer, 3)).toEqual({ calls: 0, inDoubt: 3, counted: 1 });
  });

  test('a packed agent: the turn that it had paid for is counted too, and its tool is not called again', async () => {
    const cut = cutter();
    engine.replies({ writer: (request) => (isFirstTurn(request) ? toolCall('look', {}) : cut()) });
    const writer = agent({ name: 'writer', instructions: 'Write.', tools: ['look'], mode: 'packed' });
    expect(await billOf(writer, 4)).toEqual({ calls: 1, inDoubt: 3, counted: 1 });
  });

  test('a batch: those that had answered are counted, whoever was asked', async () => {
    const cut = cutter();
    engine.replies({
      writer: ({ messages }) => (JSON.stringify(messages).includes('alpha') ? text('done') : cut()),
    });
    const writer = agent({ name: 'writer', instructions: 'Write.' });
    expect(await billOf(map('', writer, { callsPerActivity: 2 }), 4)).toEqual({
      calls: 1,
      inDoubt: 3,
      counted: 1,
    });
  });

  test('a batch that is under way when it is cancelled tells itself what it had used', async () => {
    engine.replies({
      writer: ({ messages }, { signal }) =>
        JSON.stringify(messages).includes('beta')
          ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
          : text('done'),
    });
    const writer = agent({ name: 'writer', instructions: 'Write.' });
    expect(await billOf(map('', writer, { callsPerActivity: 2 }), 2, { resting: 0 })).toEqual({
      calls: 1,
      inDoubt: 1,
      counted: 0,
    });
  });

  test.each([
    { name: 'are asked of together', levels: 0, counted: 1 },
    { name: 'that are too much for one event of history are asked of in parts', levels: 30, counted: 2 },
  ])('many at one time $name', async ({ levels, counted }) => {
    engine.replies({
      writer: () => {
        throw failure('ModelConnectionLost', 'The connection was cut.', { retryAfterMs: 60_000 });
      },
    });
    const writer = agent({ name: 'writer', instructions: 'Write.' });
    const items = Array.from({ length: 150 }, (_, index) => `item ${index}`);
    let root: Below = map('', writer, { callsPerActivity: 1, maxConcurrency: items.length });
    for (let level = 0; level < levels; level += 1) root = parallel({ [LONG_NAME]: root });
    expect(await billOf(root, 150, { items, resting: 150 })).toEqual({ calls: 0, inDoubt: 150, counted });
  });
});

type Below = Parameters<typeof parallel>[0][string];
