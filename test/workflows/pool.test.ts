import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Worker } from '@temporalio/worker';
import { failure } from '../../src/contract/fail';
import { POOL_QUERY, POOL_UPDATE } from '../../src/contract/names';
import { type PoolMemory, type PoolTerms, poolId } from '../../src/contract/pool';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import type { Fleet } from '../../src/models/traffic/fleet';
import { openTraffic } from '../../src/models/traffic/traffic';
import { createTestEnvironment } from '../../src/testing/environment';
import { createBatonWorker } from '../../src/workers/create-worker';
import { fleetLink } from '../../src/workers/fleet-link';
import { temporaryStore } from '../activities/calls/call-fixtures';
import { misfits } from '../replay/misfits';
import { workflowBundle } from '../setup/workflow-bundle';

const RECOVERY_MS = 5_000;
const WORKERS = 10;

/** A provider for which every worker's calls are counted. */
class Provider {
  ill = false;
  readonly calls: { readonly worker: number; readonly at: number }[] = [];

  async call(worker: number): Promise<string> {
    this.calls.push({ worker, at: Date.now() });
    await sleep(5);
    if (this.ill) throw failure('ModelOverloaded', 'ill');
    return 'well';
  }

  between(from: number, to: number) {
    return this.calls.filter(({ at }) => at >= from && at < to);
  }
}

describe('pool', () => {
  let server: TestWorkflowEnvironment;
  let worker: Worker;
  let running: Promise<void>;
  const taskQueue = `test-${randomUUID()}`;
  const seen = new Set<string>();

  const link = (): Fleet =>
    fleetLink(
      new Client({ connection: server.nativeConnection, namespace: server.namespace ?? 'default' }),
      taskQueue,
    );
  const terms = (name: string, rest: Partial<PoolTerms> = {}): PoolTerms => {
    seen.add(poolId(taskQueue, name));
    return {
      name,
      limits: {},
      circuit: { threshold: 5, windowMs: 60_000, recoveryMs: RECOVERY_MS },
      ...rest,
    };
  };
  const memory = (name: string) =>
    server.client.workflow.getHandle(poolId(taskQueue, name)).query<PoolMemory>(POOL_QUERY);

  beforeAll(async () => {
    server = await createTestEnvironment();
    worker = await createBatonWorker({
      connection: server.nativeConnection,
      namespace: server.namespace ?? 'default',
      taskQueue,
      workflowBundle: workflowBundle(),
      store: temporaryStore(),
      models: oneModel(scripted(() => ({ text: '' }))),
      tools: [],
    });
    running = worker.run();
  });

  afterAll(async () => {
    worker.shutdown();
    await running;
    const histories = await Promise.all(
      [...seen].map(async (workflowId) => ({
        workflowId,
        history: await server.client.workflow.getHandle(workflowId).fetchHistory(),
      })),
    );
    expect(await misfits(histories)).toEqual([]);
    await server.teardown();
  });

  test('updates without the shape that workers send are refused, and what it knows stays', async () => {
    terms('malformed');
    await link().pool('malformed').tell({ kind: 'hold', by: 'x', forMs: 60_000 });
    const { heldUntil } = await memory('malformed');
    const handle = server.client.workflow.getHandle(poolId(taskQueue, 'malformed'));
    const take = { kind: 'take', by: 'x', limits: {}, least: { requests: 1, tokens: 0 }, backTokens: 0 };
    const shapes = [
      undefined,
      null,
      {},
      { kind: 'hold', by: 'x', forMs: 'long' },
      { kind: 'no', by: 'x' },
      take,
    ];
    for (const given of shapes)
      await expect(
        handle.executeUpdate<unknown, [unknown]>(POOL_UPDATE, { args: [given] }),
      ).rejects.toMatchObject({
        cause: { type: 'InvalidInput' },
      });
    expect(await memory('malformed')).toMatchObject({ heldUntil, waiting: [] });
  });

  test('ten workers, one of which trips: within 2 s nobody calls, one probe closes it, and all go on', async () => {
    const provider = new Provider();
    const stop = new AbortController();
    // Only the first can open its circuit by itself: the nine others stop because they hear of it.
    const workers = Array.from({ length: WORKERS }, (_, index) => {
      const traffic = openTraffic(link());
      const circuit = { threshold: index === 0 ? 5 : 1_000_000, windowMs: 60_000, recoveryMs: RECOVERY_MS };
      const pool = terms('ten-workers', { circuit });
      const turn = { tenant: '', tokens: 0, signal: stop.signal };
      const ask = { make: () => provider.call(index), tokensOf: () => 0 };
      return async () => {
        while (!stop.signal.aborted) {
          await traffic.call(pool, turn, ask).catch(() => undefined);
          await sleep(40);
        }
      };
    });
    const working = workers.map((work) => work());
    await sleep(1_500);
    provider.ill = true;
    const illFrom = Date.now();
    await sleep(4_000);
    provider.ill = false;
    const { lastTrip } = await memory('ten-workers');
    const trippedAt = lastTrip?.at ?? Number.NaN;
    await sleep(trippedAt + RECOVERY_MS + 3_500 - Date.now());
    stop.abort();
    await Promise.all(working);

    const everyone = (from: number, to: number) =>
      new Set(provider.between(from, to).map((call) => call.worker)).size;
    expect(everyone(0, illFrom)).toBe(WORKERS);
    expect(trippedAt - illFrom).toBeLessThan(2_000);
    expect(everyone(illFrom, trippedAt + 2_000)).toBe(WORKERS);
    expect(provider.between(trippedAt + 2_000, trippedAt + RECOVERY_MS - 50)).toEqual([]);
    // The probe alone, until the others hear that it was answered.
    const after = provider.between(trippedAt + RECOVERY_MS - 50, Number.POSITIVE_INFINITY);
    const [probe] = after;
    const others = after.filter(({ worker: by }) => by !== probe?.worker);
    expect(others.length).toBeGreaterThan(0);
    expect(everyone((probe?.at ?? 0) + 2_000, Number.POSITIVE_INFINITY)).toBe(WORKERS);
    expect(await memory('ten-workers')).toMatchObject({ circuit: { state: 'closed' }, trips: 1 });
    const lastAfterTrip = Math.max(...provider.between(trippedAt, trippedAt + 2_000).map(({ at }) => at));
    console.info(`after the trip the last call began ${lastAfterTrip - trippedAt} ms later`);
  });

  test('a failed probe opens the circuit anew, and meanwhile nobody else tries', async () => {
    const provider = new Provider();
    provider.ill = true;
    const [first, second] = [openTraffic(link()), openTraffic(link())];
    const pool = terms('stays-ill', { circuit: { threshold: 2, windowMs: 60_000, recoveryMs: 700 } });
    const signal = new AbortController().signal;
    const ask = (traffic: typeof first) =>
      traffic
        .call(pool, { tenant: '', tokens: 0, signal }, { make: () => provider.call(0), tokensOf: () => 0 })
        .catch((error: { type?: string }) => error.type);
    expect([await ask(first), await ask(first), await ask(first)]).toEqual([
      'ModelOverloaded',
      'ModelOverloaded',
      'ModelCircuitOpen',
    ]);
    await sleep(800);
    const outcomes = await Promise.all([ask(first), ask(first), ask(second), ask(second)]);
    expect(outcomes.filter((type) => type === 'ModelOverloaded')).toHaveLength(1);
    expect(outcomes.filter((type) => type === 'ModelCircuitOpen')).toHaveLength(3);
  });

  test('a retry-after that one worker was told is obeyed by the others', async () => {
    const [first, second] = [openTraffic(link()), openTraffic(link())];
    const pool = terms('asked-to-wait');
    const turn = { tenant: '', tokens: 0, signal: new AbortController().signal };
    const limited = async () => {
      throw failure('ModelRateLimited', 'wait', { retryAfterMs: 2_500 });
    };
    const toldAt = Date.now();
    await expect(first.call(pool, turn, { make: limited, tokensOf: () => 0 })).rejects.toMatchObject({
      type: 'ModelRateLimited',
    });
    while ((await memory('asked-to-wait').catch(() => undefined)) === undefined) await sleep(20);
    const beganAt = await second.call(pool, turn, { make: async () => Date.now(), tokensOf: () => 0 });
    expect(beganAt - toldAt).toBeGreaterThanOrEqual(2_500);
  });

  test('four workers together keep to the requests of a minute, and tell the pool far more rarely than they call', async () => {
    const name = 'limited';
    const pool = terms(name, { limits: { requestsPerMinute: 1_200 } });
    const stop = new AbortController();
    const began: number[] = [];
    const callers = Array.from({ length: 4 }, () => openTraffic(link())).flatMap((traffic) =>
      Array.from({ length: 10 }, async () => {
        const turn = { tenant: '', tokens: 0, signal: stop.signal };
        const make = async () => {
          began.push(Date.now());
          await sleep(10);
        };
        while (!stop.signal.aborted)
          await traffic.call(pool, turn, { make, tokensOf: () => 0 }).catch(() => undefined);
      }),
    );
    const from = Date.now();
    await sleep(8_000);
    stop.abort();
    await Promise.all(callers);
    const seconds = (Date.now() - from) / 1000;
    // The burst of a tenth, and what flows in the time.
    const most = 120 + (seconds * (1_200 - 120)) / 62;
    expect(began.length).toBeLessThanOrEqual(Math.ceil(most));
    expect(began.length).toBeGreaterThan(most * 0.6);
    const { events } = await server.client.workflow.getHandle(poolId(taskQueue, name)).fetchHistory();
    const updates = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
    expect(updates ?? Number.NaN).toBeLessThan(began.length / 2);
    console.info(
      `${began.length} calls of at most ${most.toFixed(0)} in ${seconds.toFixed(1)} s took ${updates} updates`,
    );
  });
});
