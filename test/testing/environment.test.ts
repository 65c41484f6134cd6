import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createTestEnvironment } from '../../src/testing/environment';
import { sharedServer } from '../setup/shared-server';

/** A workflow that only waits, as source text: it is bundled for the test alone. */
const SLEEPER = require.resolve('./sleeper-workflow');

async function runSleeper(environment: TestWorkflowEnvironment, wait: string): Promise<string> {
  const taskQueue = `sleeper-${environment.options.server?.type ?? 'shared'}-${process.pid}`;
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    namespace: environment.namespace ?? 'default',
    taskQueue,
    workflowsPath: SLEEPER,
  });
  const options = { taskQueue, workflowId: `${taskQueue}-run`, args: [wait] };
  return worker.runUntil(environment.client.workflow.execute('sleeper', options));
}

describe('createTestEnvironment', () => {
  test('real time: the server of this test run', async () => {
    const environment = await createTestEnvironment();
    try {
      expect(environment.address).toBe(sharedServer().address);
      expect(await runSleeper(environment, '10ms')).toBe('slept 10ms');
    } finally {
      await environment.teardown();
    }
  });

  test('skipping time: a day passes at once', async () => {
    const environment = await createTestEnvironment({ time: 'skipping' });
    try {
      expect(await runSleeper(environment, '1 day')).toBe('slept 1 day');
    } finally {
      await environment.teardown();
    }
  });
});
