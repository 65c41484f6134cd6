import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { failure } from '../contract/fail';
import type { Models } from '../models/models';
import { oneModel } from '../models/models';
import { modelsFromEnvironment } from '../models/models-from-environment';
import { scripted } from '../models/scripted';
import { type ConfiguredServer, readTemporalSettings } from '../server/configured-server';
import { askHealth } from '../server/server-health';
import { openLocalStore } from '../threads/local-store';
import { payloadStorage } from '../threads/payload-storage';
import { storeSettings } from '../threads/store-from-environment';
import { createBatonWorker } from './create-worker';
import { type LoadedModules, loadModules } from './load-modules';
import type { WorkerConfig } from './worker-config';

const DEFAULT_ADDRESS = 'localhost:7233';

/** A dead address is told within so many milliseconds. */
const ANSWER_TIMEOUT_MS = 2_500;

export interface WorkerPlace {
  readonly env: NodeJS.ProcessEnv;
  /** Where relative paths of modules begin. */
  readonly directory: string;
  /** Told one line when the worker polls, and one when it has stopped. */
  readonly report: (line: string) => void;
}

/**
 * Runs a worker until the process is told to stop (SIGTERM, SIGINT). It then takes no new work, lets its calls finish
 * for the grace time and hands back the rest; a second signal ends it at once, which loses nothing but time. The server
 * and namespace are those of Temporal's own settings. Throws TemporalUnreachable, InvalidInput.
 */
export async function runWorker(config: WorkerConfig, place: WorkerPlace): Promise<void> {
  const { env, report } = place;
  const modules = loadModules(config.use, place.directory);
  const models = config.offline ? offlineModels(modules) : modelsFromEnvironment(env);
  const { server, namespace } = readTemporalSettings(env);
  const folder = storeSettings(env);
  const connection = await connect(server, namespace);
  try {
    const worker = await createBatonWorker({
      connection,
      namespace,
      taskQueue: config.taskQueue,
      role: config.role,
      profile: config.profile,
      store: openLocalStore(folder),
      dataConverter: { externalStorage: payloadStorage(folder) },
      models,
      tools: modules.tools,
      ...(config.buildId === undefined ? {} : { buildId: config.buildId, deploymentName: config.deployment }),
      shutdownGraceMs: config.grace,
    });
    report(
      `Worker ${process.pid} (${config.role}) polls "${worker.options.taskQueue}" in "${namespace}". Models: ${models.description}. Tools: ${modules.tools.map((tool) => tool.name).join(', ') || 'none'}.`,
    );
    await worker.run();
    report(`Worker ${process.pid} has stopped.`);
  } finally {
    await connection.close();
  }
}

function offlineModels({ offline }: LoadedModules): Models {
  const [reply, second] = offline;
  if (reply === undefined || second !== undefined) {
    throw failure(
      'InvalidInput',
      `Offline, exactly one of the modules must export "offline"; ${offline.length} do. Name one with --use.`,
    );
  }
  return oneModel(scripted(reply));
}

/** A worker polls a namespace that does not exist without a word, for ever: it is asked for first. */
async function connect(server: ConfiguredServer | undefined, namespace: string): Promise<NativeConnection> {
  const settings = { ...server?.connectionOptions, address: server?.address ?? DEFAULT_ADDRESS };
  try {
    await askHealth({ connectionOptions: settings, namespace, timeoutMs: ANSWER_TIMEOUT_MS });
    // Temporal's settings name what every connection takes, the SDK's native one included; its type is not shared.
    return await NativeConnection.connect(settings as NativeConnectionOptions);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw failure(
      'TemporalUnreachable',
      `The Temporal server at ${settings.address} does not serve the namespace "${namespace}": ${reason}. Start it with "baton up", or correct TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.`,
      { details: [{ address: settings.address, namespace }] },
    );
  }
}
