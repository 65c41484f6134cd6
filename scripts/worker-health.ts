import { DEFAULT_TASK_QUEUE } from '../src/contract/names';
import { checkWorkerPolls } from '../src/server/worker-health';

// The health check of a worker's container: `node dist/scripts/worker-health.js [task queue]`.
checkWorkerPolls(process.argv[2] ?? DEFAULT_TASK_QUEUE, process.env).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
