import { NativeConnection } from '@temporalio/worker';
import { agent, pipeline, team } from '../../src/contract/builders';
import { failure } from '../../src/contract/fail';
import { readTestServers } from '../../src/testing/test-servers';
import { type HoldingProxy, openHoldingProxy } from '../setup/holding-proxy';
import { type Engine, type StartedRun, startEngine } from './engine';

const PRICE = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };

describe('a call that fails before its worker hears that it is cancelled', () => {
  let engine: Engine;
  let proxy: HoldingProxy;
  let connection: NativeConnection;
  beforeAll(async () => {
    proxy = await openHoldingProxy(readTestServers()?.address ?? '');
    connection = await NativeConnection.connect({ address: proxy.address });
    engine = await startEngine({ connection, price: PRICE });
  });
  afterAll(async () => {
    await engine.stop();
    await connection.close();
    await proxy.close();
  });

  const writer = agent({ name: 'writer', instructions: 'Write.' });

  /** The writer's call fails once its cancellation is known to the server, and not yet to the worker. */
  async function failing(root: Parameters<typeof team>[1], cancel: (run: StartedRun) => Promise<void>) {
    let fail = (): void => undefined;
    engine.replies({
      writer: () =>
        new Promise((_, reject) => {
          fail = () => reject(failure('ModelConnectionLost', 'The connection was cut.'));
        }),
    });
    const heard = proxy.hold('RecordActivityTaskHeartbeat');
    try {
      const run = await engine.start(team('cut', root), 'go');
      await heard.reached;
      await cancel(run);
      await engine.until(async () => (await run.history()).some(isCancelRequest));
      fail();
      await engine.until(async () => (await run.view()).state !== 'running');
      return run;
    } finally {
      heard.letGo();
    }
  }

  test('the run is cancelled, and what it had used is counted', async () => {
    const run = await failing(pipeline([writer]), (started) => started.cancel());
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    const { state, usage, nodes } = await run.view();
    expect({ state, doubt: usage.doubt?.calls }).toEqual({ state: 'cancelled', doubt: 1 });
    expect(nodes.map((node) => node.state)).toEqual(['cancelled', 'cancelled']);
  });

  test('where it is its time that is over, the step fails for that', async () => {
    const run = await failing(pipeline([writer], { timeout: '1s' }), async () => undefined);
    const { failure: why } = await run.view();
    expect(why?.type).toBe('StepTimedOut');
  });
});

function isCancelRequest({
  activityTaskCancelRequestedEventAttributes: asked,
}: {
  readonly activityTaskCancelRequestedEventAttributes?: unknown;
}): boolean {
  return asked !== undefined && asked !== null;
}
