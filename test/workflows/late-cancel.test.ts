import { NativeConnection } from '@temporalio/worker';
import { agent, pipeline, saga, team, tool } from '../../src/contract/builders';
import { failure } from '../../src/contract/fail';
import { readTestServers } from '../../src/testing/test-servers';
import { type HoldingProxy, openHoldingProxy } from '../setup/holding-proxy';
import { type Engine, type StartedRun, startEngine } from './engine';
import { tripDesk } from './trip-desk';

const PRICE = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
const desk = tripDesk();

describe('a cancellation that comes late', () => {
  let engine: Engine;
  let proxy: HoldingProxy;
  let connection: NativeConnection;
  beforeAll(async () => {
    proxy = await openHoldingProxy(readTestServers()?.address ?? '');
    connection = await NativeConnection.connect({ address: proxy.address });
    engine = await startEngine({ connection, price: PRICE, tools: desk.tools });
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

  test('a call that fails before it hears of it: the run is cancelled, and what the call had used is counted', async () => {
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

  test('a saga whose last part has ended by then is done, and all that it did stands', async () => {
    const book = (what: string) => tool('book', { what });
    let told: ReturnType<HoldingProxy['hold']> | undefined;
    desk.before = (action) => {
      if (action === 'book car') told = proxy.hold('RespondActivityTaskCompleted');
    };
    const run = await engine.start(
      team(
        'trip',
        saga([
          { name: 'flight', do: book('flight') },
          { name: 'car', do: book('car') },
        ]),
      ),
      null,
    );
    await engine.until(() => told !== undefined);
    await told?.reached;
    await run.cancel();
    await engine.until(async () => (await run.history()).some(isCancelRequest));
    told?.letGo();
    const { state, output } = await run.result();
    expect({ state, output: await engine.valueOf(output) }).toEqual({
      state: 'done',
      output: { flight: { id: 'flight-0' }, car: { id: 'car-1' } },
    });
    expect(desk.booked()).toEqual(['car', 'flight']);
    expect((await run.view()).state).toBe('done');
  });
});

function isCancelRequest({
  activityTaskCancelRequestedEventAttributes: asked,
}: {
  readonly activityTaskCancelRequestedEventAttributes?: unknown;
}): boolean {
  return asked !== undefined && asked !== null;
}
