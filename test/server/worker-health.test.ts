import { Connection } from '@temporalio/client';
import { checkWorkerPolls } from '../../src/server/worker-health';
import { sharedServer } from '../setup/shared-server';

const { address, namespace } = sharedServer();
const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };

describe('checkWorkerPolls', () => {
  test('passes while a worker polls the queue', async () => {
    const connection = await Connection.connect({ address });
    const stop = new AbortController();
    const request = { namespace, taskQueue: { name: 'worker-health' }, identity: 'test' };
    const polling = connection.withAbortSignal(stop.signal, () =>
      connection.withDeadline(Date.now() + 60_000, () =>
        connection.workflowService.pollWorkflowTaskQueue(request),
      ),
    );
    const ended = expect(polling).rejects.toThrow();
    let problem: unknown = 'not asked';
    while (problem !== undefined) {
      problem = await checkWorkerPolls('worker-health', env).then(
        () => undefined,
        (error: Error) => error.message,
      );
    }
    stop.abort();
    await ended;
    await connection.close();
  });

  test('fails when nobody does', async () => {
    await expect(checkWorkerPolls('nobody-polls-this', env)).rejects.toThrow(
      'No worker has asked for work on "nobody-polls-this"',
    );
  });

  test('fails without an address', async () => {
    await expect(checkWorkerPolls('any', {})).rejects.toThrow('set TEMPORAL_ADDRESS');
  });
});
