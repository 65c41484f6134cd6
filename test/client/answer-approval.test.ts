import { signalApproval, updateApproval } from '../../src/client/answer-approval';
import { type BatonClient, connect } from '../../src/client/connect';
import { explained } from '../../src/client/server-error';
import { approve, team } from '../../src/contract/builders';
import { DECIDE_SIGNAL, DECIDE_UPDATE } from '../../src/contract/names';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { text } from '../../src/models/scripted-reply';
import { readTestServers } from '../../src/testing/test-servers';
import { openStore } from '../../src/threads/open-store';
import { openWorkerBench, type WorkerBench } from '../workers/worker-bench';

/** A run that ends between the look at its question and the word on it. */
describe('a word on a question whose run has ended meanwhile', () => {
  let bench: WorkerBench;
  let client: BatonClient;
  let run: string;
  beforeAll(async () => {
    bench = await openWorkerBench();
    const { address = '' } = readTestServers() ?? {};
    client = await connect({ address, taskQueue: bench.taskQueue, store: { folder: bench.folder } });
    const models = oneModel(scripted(() => text('asked for nothing')));
    await bench.startWorker({ models, dataConverter: openStore({ folder: bench.folder }).dataConverter });
    ({ run } = await client.start(team('asking', approve('Publish?', { deadline: '1h' })), 'go'));
    await client.cancel(run);
    await expect(client.result(run)).rejects.toMatchObject({ type: 'RunCancelled' });
  });
  afterAll(async () => {
    await client.close();
    await bench.close();
  });

  test.each([
    ['an update', DECIDE_UPDATE, updateApproval],
    ['a signal', DECIDE_SIGNAL, signalApproval],
  ])('%s is refused, and not told that there is no such run', async (_, name, tell) => {
    await expect(tell(client.context, { run, workflow: run }, { name, word: {} })).rejects.toMatchObject({
      type: 'DecisionRefused',
      run,
      message: expect.stringContaining('has ended'),
    });
  });

  test('any other call that comes too late is told that the run is over', async () => {
    const handle = client.context.temporal.workflow.getHandle(run);
    await expect(
      explained(client.context, () => handle.signal(DECIDE_SIGNAL, {}), run),
    ).rejects.toMatchObject({
      type: 'RunOver',
      run,
    });
  });
});
