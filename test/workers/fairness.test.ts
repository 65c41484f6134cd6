import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import { inLanes } from '../../src/client/in-lanes';
import { agent, team } from '../../src/contract/builders';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { text } from '../../src/models/scripted-reply';
import { readTestServers } from '../../src/testing/test-servers';
import { type OpenWorker, openWorker } from '../../src/workers/open-worker';
import { workflowBundle } from '../setup/workflow-bundle';

/** `npm run bench -- fairness` does it with a thousand. */
const BUSY_RUNS = 240;
/** Tenants with one run each. */
const OTHERS = 5;
/** Requests of the client under way at one time. */
const LANES = 40;

describe('one worker and the runs of several tenants', () => {
  const taskQueue = `test-${randomUUID()}`;
  let folder: string;
  let client: BatonClient;
  let worker: OpenWorker;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-fairness-'));
    const { address = '', namespace = 'default' } = readTestServers() ?? {};
    client = await connect({ address, taskQueue, store: { folder } });
    worker = await openWorker({
      connectionOptions: { address },
      namespace,
      taskQueue,
      store: { folder },
      workflowBundle: workflowBundle(),
      models: oneModel(scripted(() => text('done'))),
      tools: [],
    });
  });

  afterAll(async () => {
    await worker.stop();
    await client.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('runs that come after many of another tenant end while most of those are still open, and none is given up', async () => {
    const asks = team('asks', agent({ name: 'asker', instructions: 'Ask.' }));
    const busy = await inLanes(Array.from({ length: BUSY_RUNS }), LANES, () =>
      client.start(asks, 'busy', { tenant: 'many' }),
    );
    const endedBefore = await ended();
    const endedMeanwhile = await Promise.all(
      Array.from({ length: OTHERS }, async (_, at) => {
        const { run } = await client.start(asks, 'single', { tenant: `one-${at}` });
        await client.result(run);
        return (await ended()) - endedBefore;
      }),
    );
    const results = await inLanes(busy, 5, ({ run: each }) => client.result(each));
    console.info(
      `${endedBefore} of ${BUSY_RUNS} had ended when the others' runs were started, so many more when they ended: ${endedMeanwhile}`,
    );
    // Left to the order in which they came, they would have been the last.
    expect(Math.max(...endedMeanwhile)).toBeLessThan((BUSY_RUNS - endedBefore) / 2);
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['done']));
  });

  async function ended(): Promise<number> {
    const query = `TaskQueue = "${taskQueue}" AND ExecutionStatus = "Completed"`;
    return (await client.context.temporal.workflow.count(query)).count;
  }
});
