import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import { agent, team } from '../../src/contract/builders';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { text } from '../../src/models/scripted-reply';
import { readTestServers } from '../../src/testing/test-servers';
import { type OpenWorker, openWorker } from '../../src/workers/open-worker';
import { workflowBundle } from '../setup/workflow-bundle';
import { lastText } from '../workflows/engine';

const PER_SECOND = 6;
const BUSY_RUNS = 80;
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

  test('one tenant’s many runs do not starve another’s one, and both workers together keep to the rate', async () => {
    const asks = team('asks', agent({ name: 'asker', instructions: 'Ask.' }));
    const busy = await Promise.all(
      Array.from({ length: BUSY_RUNS }, () => client.start(asks, 'busy', { tenant: 'many' })),
    );
    while (calls.length < PER_SECOND) await new Promise((resolve) => setTimeout(resolve, 20));
    const before = calls.length;
    const single = await client.start(asks, 'single', { tenant: 'one' });
    await client.result(single.run);
    const waited = calls.findIndex(({ said }) => said.includes('single')) - before;
    await Promise.all(busy.map(({ run }) => client.result(run)));
    const seconds = ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1000;

    // Left to the order in which they came, it would have waited for all of them.
    expect(BUSY_RUNS - before).toBeGreaterThan(40);
    expect(waited).toBeLessThan(20);
    expect(new Set(calls.map(({ worker }) => worker)).size).toBe(WORKERS);
    expect(calls).toHaveLength(BUSY_RUNS + 1);
    // One second's worth may come at once.
    expect((calls.length - PER_SECOND) / seconds).toBeLessThanOrEqual(PER_SECOND * 1.1);
    console.info(
      `${before} calls were made and ${BUSY_RUNS - before} waited; the other tenant's came after ${waited} of them; ${(calls.length / seconds).toFixed(1)} calls a second`,
    );
  }, 60_000);
});
