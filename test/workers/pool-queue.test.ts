import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import { inLanes } from '../../src/client/in-lanes';
import type { StartOptions } from '../../src/client/start';
import { agent, pipeline, team } from '../../src/contract/builders';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { text } from '../../src/models/scripted-reply';
import { readTestServers } from '../../src/testing/test-servers';
import { type OpenWorker, openWorker } from '../../src/workers/open-worker';
import { workflowBundle } from '../setup/workflow-bundle';
import { lastText } from '../workflows/engine';

const PER_SECOND = 6;
const BUSY_RUNS = 80;
/** Requests of the client under way at one time. */
const LANES = 20;
const WORKERS = 2;

/** Both workers call models through the queue of their pool, whose rate the server holds. */
describe('a pool with a queue of its own', () => {
  const taskQueue = `test-${randomUUID()}`;
  const calls: { readonly said: string; readonly worker: number; readonly at: number }[] = [];
  let folder: string;
  let client: BatonClient;
  let workers: readonly OpenWorker[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-pool-queue-'));
    const { address = '', namespace = 'default' } = readTestServers() ?? {};
    client = await connect({ address, taskQueue, store: { folder } });
    const pool = {
      name: 'vendor',
      limits: {},
      circuit: { threshold: 5, windowMs: 60_000, recoveryMs: 60_000 },
      requestsPerSecond: PER_SECOND,
    };
    workers = await Promise.all(
      Array.from({ length: WORKERS }, (_, worker) =>
        openWorker({
          connectionOptions: { address },
          namespace,
          taskQueue,
          store: { folder },
          workflowBundle: workflowBundle(),
          models: oneModel(
            scripted((request) => {
              calls.push({ said: lastText(request), worker, at: Date.now() });
              return text('done');
            }),
            { pool },
          ),
          tools: [],
        }),
      ),
    );
  });

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await client.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('one tenant’s many runs do not starve another’s one, nor its own that is urgent; both workers keep to the rate', async () => {
    const asks = team('asks', agent({ name: 'asker', instructions: 'Ask.' }));
    const busy = await inLanes(Array.from({ length: BUSY_RUNS }), LANES, () =>
      client.start(asks, 'busy', { tenant: 'many' }),
    );
    while (calls.length < PER_SECOND) await new Promise((resolve) => setTimeout(resolve, 20));
    const before = calls.length;
    const [other, urgent] = await Promise.all([
      asksBelow('single', { tenant: 'one' }),
      asksBelow('urgent', { tenant: 'many', priority: 1 }),
    ]);
    await Promise.all(busy.map(({ run }) => client.result(run)));
    const seconds = ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1000;
    // Left to the order in which they came, each would have waited for all of them.
    expect(BUSY_RUNS - before).toBeGreaterThan(40);
    expect(other.waited).toBeLessThan(20);
    expect(urgent.waited).toBeLessThan(20);
    expect(other.priority).toMatchObject({ fairnessKey: 'one' });
    expect(urgent.priority).toMatchObject({ fairnessKey: 'many', priorityKey: 1 });
    expect(new Set(calls.map(({ worker }) => worker)).size).toBe(WORKERS);
    expect(calls).toHaveLength(BUSY_RUNS + 2);
    // One second's worth may come at once.
    expect((calls.length - PER_SECOND) / seconds).toBeLessThanOrEqual(PER_SECOND * 1.1);
    console.info(
      `${before} calls were made and ${BUSY_RUNS - before} runs waited; the other tenant's call came after ${other.waited} of them, the urgent one after ${urgent.waited}; ${(calls.length / seconds).toFixed(1)} calls a second`,
    );
  }, 120_000);

  /** Asks in a child; tells which priority that has, and how many calls were made between its call's scheduling and the call. */
  async function asksBelow(said: string, options: StartOptions) {
    const apart = agent({ name: 'asker', instructions: 'Ask.' }, { isolated: true });
    const { run } = await client.start(team('below', pipeline([apart])), said, options);
    await client.result(run);
    const { events } = await client.context.temporal.workflow
      .getHandle(`${run}/root/pipeline:0`)
      .fetchHistory();
    const scheduled = events?.find((event) => event.activityTaskScheduledEventAttributes != null);
    const { seconds = 0, nanos } = scheduled?.eventTime ?? {};
    const from = Number(seconds) * 1000 + (nanos ?? 0) / 1e6;
    const own = calls.findIndex((call) => call.said.includes(said));
    return {
      priority: events?.[0]?.workflowExecutionStartedEventAttributes?.priority,
      waited: calls.slice(0, own).filter(({ at }) => at >= from).length,
    };
  }
});
