import type { ConnectionOptions } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { failure } from '../contract/fail';
import { askHealth } from '../server/server-health';
import { openStore, type StoreOptions } from '../threads/open-store';
import { type BatonWorkerOptions, createBatonWorker, createPoolWorkers, trafficOf } from './create-worker';

/** A dead address is told within so many milliseconds. */
const ANSWER_TIMEOUT_MS = 2_500;

export interface OpenWorkerOptions
  extends Omit<BatonWorkerOptions, 'connection' | 'namespace' | 'store' | 'dataConverter'> {
  readonly connectionOptions: ConnectionOptions & { readonly address: string };
  readonly namespace: string;
  readonly store: StoreOptions;
}

/** A worker that polls in this process. */
export interface OpenWorker {
  /** The queue that it polls: its role's own, where it has one. */
  readonly taskQueue: string;
  /** Settles once the worker has stopped; rejects where it could not go on. */
  readonly stopped: Promise<void>;
  /** Lets its calls finish for the grace time and waits until it has stopped. */
  stop(): Promise<void>;
}

/**
 * Starts a worker with a connection of its own. It also stops when the process is told to (SIGTERM, SIGINT): it takes
 * no new work, lets its calls finish for the grace time and hands back the rest; a second signal ends it at once, which
 * loses nothing but time. Throws TemporalUnreachable, and InvalidInput for tools that do not fit together.
 */
export async function openWorker(options: OpenWorkerOptions): Promise<OpenWorker> {
  const { connectionOptions, store: storeOptions, ...rest } = options;
  const { store, dataConverter } = openStore(storeOptions);
  const connection = await connectServing(connectionOptions, rest.namespace);
  try {
    const traffic = trafficOf({ ...rest, connection, dataConverter });
    const own = { ...rest, connection, store, dataConverter, traffic };
    const worker = await createBatonWorker(own);
    const workers = [worker, ...(await createPoolWorkers(own))];
    const stop = (): void => {
      for (const each of workers) if (each.getState() === 'RUNNING') each.shutdown();
    };
    // Where one cannot go on, the process must not go on without it.
    const running = workers.map((each) => each.run().finally(stop));
    const stopped = Promise.allSettled(running)
      .then(async () => void (await Promise.all(running)))
      .finally(() => connection.close());
    // Whoever waits for it gets the error; until then it must not end the process as unhandled.
    stopped.catch(() => undefined);
    return {
      taskQueue: worker.options.taskQueue,
      stopped,
      stop: async () => {
        stop();
        await stopped;
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** A worker polls a namespace that does not exist without a word, for ever: it is asked for first. */
async function connectServing(
  connectionOptions: OpenWorkerOptions['connectionOptions'],
  namespace: string,
): Promise<NativeConnection> {
  try {
    await askHealth({ connectionOptions, namespace, timeoutMs: ANSWER_TIMEOUT_MS });
    // Temporal's settings name what every connection takes, the SDK's native one included; its type is not shared.
    return await NativeConnection.connect(connectionOptions as NativeConnectionOptions);
  } catch (error) {
    const { address } = connectionOptions;
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw failure(
      'TemporalUnreachable',
      `The Temporal server at ${address} does not serve the namespace "${namespace}": ${reason}.`,
      { details: [{ address, namespace }] },
    );
  }
}
