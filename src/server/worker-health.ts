import { temporal } from '@temporalio/proto';
import { readTemporalSettings } from './configured-server';
import { connectToServer } from './connect-to-server';

/** A worker asks for work at least once a minute, even when there is none. */
const SILENCE_MS = 120_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Makes sure that a worker polls a task queue on the server that the environment names.
 *
 * @throws Error when there is no server, it does not answer, or nobody has asked it for work in the last two minutes.
 */
export async function checkWorkerPolls(taskQueue: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { server } = readTemporalSettings(env);
  if (server === undefined) throw new Error('There is no server to ask: set TEMPORAL_ADDRESS');
  const { connectionOptions, namespace } = server;
  const connection = await connectToServer({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    const seen = pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000);
    if (Date.now() - Math.max(...seen) <= SILENCE_MS) return;
    throw new Error(`No worker has asked for work on "${taskQueue}" in the last two minutes`);
  } finally {
    await connection.close();
  }
}
