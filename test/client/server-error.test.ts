import { QueryNotRegisteredError, ServiceError } from '@temporalio/client';
import { BatonError } from '../../src/client/baton-error';
import type { ClientContext } from '../../src/client/client-context';
import { queryWorkflow } from '../../src/client/query-workflow';
import { explainServerError } from '../../src/client/server-error';

/** An error as the SDK throws it: its own words around what gRPC said. */
function grpcFailure(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
  return new ServiceError('Failed to query Workflow', { cause });
}

const WHERE = { address: 'here:7233', namespace: 'default' };

/** A server that fails every query so, while its workers poll and the workflow is open. */
function contextWhoseQueriesFail(error: Error): ClientContext {
  const connection = {
    withDeadline: <T>(_: number, work: () => Promise<T>) => work(),
    withAbortSignal: <T>(_: AbortSignal, work: () => Promise<T>) => work(),
  };
  const handle = {
    query: () => Promise.reject(error),
    describe: async () => ({ taskQueue: 'queue', status: { name: 'RUNNING' } }),
  };
  const temporal = {
    workflow: { getHandle: () => handle },
    workflowService: {
      describeWorkflowExecution: async () => ({ pendingWorkflowTask: { attempt: 1 } }),
      describeTaskQueue: async () => ({ pollers: [{ lastAccessTime: { seconds: Date.now() / 1000 } }] }),
    },
  };
  return { ...WHERE, connection, temporal } as unknown as ClientContext;
}

describe('an error of the server', () => {
  test.each([
    [14, 'TemporalUnreachable'],
    [4, 'TemporalUnreachable'],
    [1, 'TemporalUnreachable'],
    [7, 'ServerRefused'],
    [8, 'ServerRefused'],
    [9, 'ServerRefused'],
    [13, 'ServerRefused'],
  ])('gRPC code %i is told as %s', (code, type) => {
    const told = explainServerError(grpcFailure(code, 'no room left'), WHERE);
    expect(told).toBeInstanceOf(BatonError);
    expect(told).toMatchObject({ type, message: expect.stringContaining('here:7233') });
    if (type === 'ServerRefused') expect((told as Error).message).toContain('no room left');
  });

  test('what is none of the server is left as it is', () => {
    const error = new TypeError('x');
    expect(explainServerError(error, WHERE)).toBe(error);
  });
});

describe('a query', () => {
  test.each([
    [
      'that the server takes back because its time is over',
      grpcFailure(1, 'Call cancelled'),
      'answered',
      'NoWorker',
    ],
    ['whose time is over here', grpcFailure(4, 'Deadline exceeded'), 'answered', 'NoWorker'],
    [
      'of a run whose history the code does not replay',
      new QueryNotRegisteredError('[TMPRL1100] Nondeterminism error: No command scheduled', 3),
      'does not fit its history',
      'RunStuck',
    ],
    [
      'of an open run whose last task failed',
      grpcFailure(9, 'Unable to query workflow due to Workflow Task in failed state.'),
      'came to the end of its last task',
      'NoWorker',
    ],
  ])('%s: no worker could answer', async (_, error, words, type) => {
    await expect(queryWorkflow(contextWhoseQueriesFail(error), 'run-1', 'view')).rejects.toMatchObject({
      type,
      run: 'run-1',
      message: expect.stringContaining(words),
    });
  });
});
