import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import { oneModel } from '../../src/models/models';
import { openStore } from '../../src/threads/open-store';
import { createBatonWorker } from '../../src/workers/create-worker';
import { chaosTools } from './chaos-tools';
import type { ChaosPlace } from './fleet';

/** A stalled stream is given up after so long. */
const STALL_TIMEOUT_MS = 2_000;

/** One worker of the fleet. It lives until it is killed. */
async function main({
  address,
  namespace,
  taskQueue,
  storeFolder,
  modelUrl,
  serviceUrl,
}: ChaosPlace): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'OFF' } },
  });
  const connection = await NativeConnection.connect({ address });
  const worker = await createBatonWorker({
    connection,
    namespace,
    taskQueue,
    ...openStore({ folder: storeFolder }),
    models: oneModel(anthropicProvider({ apiKey: 'chaos', baseURL: modelUrl }), {
      price: { input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000 },
    }),
    tools: chaosTools(serviceUrl),
    stallTimeoutMs: STALL_TIMEOUT_MS,
  });
  await worker.run();
}

main(JSON.parse(process.argv[2] ?? '') as ChaosPlace).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
