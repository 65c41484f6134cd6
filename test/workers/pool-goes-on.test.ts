import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { connect } from '../../src/client/connect';
import { makeCurrent } from '../../src/client/deploy';
import { inLanes } from '../../src/client/in-lanes';
import { POOL_QUERY } from '../../src/contract/names';
import { type PoolMemory, type PoolMessage, type PoolReply, poolId } from '../../src/contract/pool';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import type { Fleet } from '../../src/models/traffic/fleet';
import { KeyRing } from '../../src/secrets/key-ring';
import { openStore } from '../../src/threads/open-store';
import { fleetLink } from '../../src/workers/fleet-link';
import { flowOf } from '../../src/workflows/pool/take';
import { openWorkerBench, type WorkerBench } from './worker-bench';

const POOL = 'vendor';
const LIMITS = { requestsPerMinute: 20 };
/** Workers of the fleet, and how often each asks: together more than one history of the pool holds. */
const ASKING = 8;
const TIMES = 240;
const encryption = { ring: new KeyRing([['k1', randomBytes(32)]]), required: true };

/** With encryption, and on workers whose runs are pinned to their build. */
describe('a pool whose history grows long', () => {
  let bench: WorkerBench;
  let client: Client;

  beforeAll(async () => {
    bench = await openWorkerBench(encryption);
    const { dataConverter } = openStore({ folder: bench.folder, encryption });
    const { nativeConnection: connection, namespace = 'default' } = bench.environment;
    client = new Client({ connection, namespace, dataConverter });
    await startBuild('one');
  });
  afterAll(() => bench.close());

  const deployment = () => bench.taskQueue;
  const handle = () => client.workflow.getHandle(poolId(bench.taskQueue, POOL));
  const memory = () => handle().query<PoolMemory>(POOL_QUERY);
  const pool = (fleet: Fleet) => fleet.pool(POOL);
  const buildOf = async () => {
    const { raw } = await handle().describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
  };

  async function startBuild(buildId: string): Promise<void> {
    await bench.startWorker({
      models: oneModel(scripted(() => ({ text: '' }))),
      buildId,
      deploymentName: deployment(),
    });
    const { connection, namespace = 'default' } = bench.environment;
    const { context, close } = await connect({
      connection,
      namespace,
      store: { folder: bench.folder, encryption },
    });
    await until(() =>
      makeCurrent(context, { deployment: deployment(), buildId }).then(
        () => true,
        () => false,
      ),
    );
    await close();
  }

  test('goes on in a new execution, then on a new build: circuit, wait, trips and what was granted are those of before', async () => {
    const link = (): Fleet => fleetLink(client, bench.taskQueue);
    const first = link();
    const told = async (message: PoolMessage): Promise<PoolReply> => pool(first).tell(message);
    const began = Date.now();
    await told({ kind: 'trip', by: first.worker, reason: 'ModelOverloaded', recoveryMs: 600_000 });
    await told({ kind: 'hold', by: first.worker, forMs: 500_000 });
    const before = await memory();
    const { runId } = await handle().describe();

    const lost: string[] = [];
    let granted = 0;
    await inLanes(Array.from({ length: ASKING }, link), ASKING, async (fleet) => {
      for (let time = 0; time < TIMES; time += 1) {
        const one = { requests: 1, tokens: 0 };
        const ask = {
          kind: 'take',
          by: fleet.worker,
          limits: LIMITS,
          least: one,
          want: one,
          backTokens: 0,
        } as const;
        await pool(fleet)
          .tell(ask)
          .then(
            ({ grant }) => {
              granted += grant?.requests ?? 0;
            },
            (error: unknown) => lost.push(String(error)),
          );
      }
    });
    expect(lost).toEqual([]);
    expect((await handle().describe()).runId).not.toBe(runId);
    expect(await memory()).toMatchObject({
      circuit: before.circuit,
      heldUntil: before.heldUntil,
      trips: 1,
      lastTrip: before.lastTrip,
      limits: LIMITS,
    });
    // What workers poll is in the memo of the new execution too, and readable to them.
    expect(await pool(link()).read()).toEqual({ circuit: before.circuit, heldUntil: before.heldUntil });
    // Had the new execution begun with a full bucket, another burst would have been granted.
    const { capacity, perMs } = flowOf(LIMITS.requestsPerMinute);
    expect(granted).toBeLessThanOrEqual(capacity + perMs * (Date.now() - began));

    expect(await buildOf()).toBe('one');
    await startBuild('two');
    // It moves over with the next thing that it is told.
    await until(async () => {
      // What is not heard in time is said again.
      await told({ kind: 'probed', by: first.worker, verdict: 'unknown', recoveryMs: 1 }).catch(
        () => undefined,
      );
      return (await buildOf()) === 'two';
    });
    expect(await memory()).toMatchObject({ circuit: before.circuit, heldUntil: before.heldUntil, trips: 1 });
    console.info(
      `${ASKING * TIMES} messages, none lost; ${granted} requests granted of ${LIMITS.requestsPerMinute} a minute`,
    );
  }, 90_000);
});

async function until(met: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the condition was not met within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
