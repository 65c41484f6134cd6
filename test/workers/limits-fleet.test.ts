import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import { agent, map, parallel, pipeline, team } from '../../src/contract/builders';
import type { PoolLimits } from '../../src/contract/pool';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import { oneModel } from '../../src/models/models';
import { type ModelServer, type ServedReply, startModelServer } from '../../src/testing/model-server';
import { readTestServers } from '../../src/testing/test-servers';
import { type OpenWorker, openWorker } from '../../src/workers/open-worker';
import { workflowBundle } from '../setup/workflow-bundle';

const WORKERS = 2;
/** Items of each map, each with one call. */
const ITEMS = 40;
const STEPS = 10;
const CALLS = 2 * ITEMS + STEPS;
const OUTPUT_TOKENS = 100;

/** Two workers with connections of their own, and one provider behind HTTP, which counts what reaches it. */
describe('two workers and the limits of one provider', () => {
  let folder: string;
  let provider: ModelServer;
  let client: BatonClient;
  let workers: readonly OpenWorker[] = [];
  let reply: (index: number) => ServedReply = () => ({ text: 'well' });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-limits-'));
    provider = await startModelServer({ reply: ({ index }) => reply(index), latencyMs: 50 });
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    workers = [];
    await client.close();
  });
  afterAll(async () => {
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A fleet of its own, on a queue of its own. */
  async function openFleet(name: string, limits: PoolLimits): Promise<void> {
    const taskQueue = `test-${randomUUID()}`;
    const { address = '', namespace = 'default' } = readTestServers() ?? {};
    client = await connect({ address, taskQueue, store: { folder } });
    const pool = { name, limits, circuit: { threshold: 5, windowMs: 60_000, recoveryMs: 60_000 } };
    workers = await Promise.all(
      Array.from({ length: WORKERS }, () =>
        openWorker({
          connectionOptions: { address },
          namespace,
          taskQueue,
          store: { folder },
          workflowBundle: workflowBundle(),
          models: oneModel(anthropicProvider({ apiKey: 'test', baseURL: provider.url }), { pool }),
          tools: [],
        }),
      ),
    );
  }

  const asker = (name: string, options: object = {}) =>
    agent({ name, instructions: 'Say one thing.', limits: { maxOutputTokens: OUTPUT_TOKENS }, ...options });

  /** Calls one after the other, many to an activity, and within agents that run in one. */
  const everyWay = team(
    'every-way',
    parallel({
      stepwise: pipeline(Array.from({ length: STEPS }, () => asker('stepwise'))),
      batched: map('', asker('batched'), { callsPerActivity: 10 }),
      packed: map('', asker('packed', { mode: 'packed' }), { callsPerActivity: 1 }),
    }),
  );

  async function begunEveryWay(): Promise<readonly number[]> {
    const before = provider.calls().length;
    const { run } = await client.start(
      everyWay,
      Array.from({ length: ITEMS }, (_, item) => `item ${item}`),
    );
    expect((await client.result(run)).state).toBe('done');
    const calls = provider.calls().slice(before);
    expect(calls).toHaveLength(CALLS);
    return calls.map(({ startedAt }) => startedAt);
  }

  test('requests a minute: whichever way they come, what begins in any stretch of time is the burst and what flows', async () => {
    const PER_MINUTE = 450;
    await openFleet('requests', { requestsPerMinute: PER_MINUTE });
    const begun = await begunEveryWay();
    expect(most(begun, PER_MINUTE)).toBeLessThanOrEqual(1);
    // It is the limit that made it wait.
    expect((begun.at(-1) ?? 0) - (begun[0] ?? 0)).toBeGreaterThan(4_000);
  });

  test('tokens a minute: the same, by what the calls use', async () => {
    const PER_MINUTE = 60_000;
    const usage = { inputTokens: 20, outputTokens: OUTPUT_TOKENS };
    reply = () => ({ text: 'well', usage });
    await openFleet('tokens', { tokensPerMinute: PER_MINUTE });
    const begun = await begunEveryWay();
    expect(most(begun, PER_MINUTE / (usage.inputTokens + usage.outputTokens))).toBeLessThanOrEqual(1);
    expect((begun.at(-1) ?? 0) - (begun[0] ?? 0)).toBeGreaterThan(3_000);
  });

  test('a provider that asks one caller to wait: is left alone by both workers until then, and every run ends', async () => {
    const WAIT_S = 5;
    const before = provider.calls().length;
    reply = (index) =>
      index === before + 20
        ? {
            error: {
              status: 429,
              type: 'rate_limit_error',
              message: 'slow down',
              headers: { 'retry-after': String(WAIT_S) },
            },
          }
        : { text: 'well' };
    await openFleet('asks-to-wait', {});
    const steps = team('steps', pipeline(Array.from({ length: STEPS }, () => asker('one'))));
    const runs = await Promise.all(Array.from({ length: 8 }, () => client.start(steps, 'go')));
    await Promise.all(runs.map(({ run }) => client.result(run)));
    const calls = provider.calls().slice(before);
    const told = calls.find(({ outcome }) => outcome === 'failed')?.finishedAt ?? Number.NaN;
    const within = (from: number, to: number) =>
      calls.filter(({ startedAt }) => startedAt >= told + from && startedAt < told + to);
    // The worker that was told stops at once; the other once it has heard.
    expect(within(2_000, WAIT_S * 1_000)).toEqual([]);
    expect(within(WAIT_S * 1_000, Number.POSITIVE_INFINITY).length).toBeGreaterThan(0);
    expect(calls).toHaveLength(8 * STEPS + 1);
    console.info(`${within(0, WAIT_S * 1_000).length} calls began before all had heard`);
  });
});

/** The largest share of what may begin, over all stretches of time between two beginnings. */
function most(begun: readonly number[], perMinute: number): number {
  const sorted = [...begun].sort((one, other) => one - other);
  let share = 0;
  for (const [from, first] of sorted.entries())
    for (const [to, last] of sorted.entries()) {
      if (to < from) continue;
      // A tenth at once, the rest in time; an allowance may be used for two seconds.
      const allowed = perMinute * 0.1 + (perMinute * 0.9 * (last - first + 2_000)) / 60_000;
      share = Math.max(share, (to - from + 1) / allowed);
    }
  return share;
}
