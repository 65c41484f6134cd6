import type { ConnectionOptions } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { SettingsProfile } from '../../client/run-settings';
import type { Models } from '../../models/models';
import { type LocalStoreOptions, openLocalStore } from '../../threads/local-store';
import { payloadStorage } from '../../threads/payload-storage';
import type { WorkerRole } from '../../workers/activities-of-role';
import { createBatonWorker } from '../../workers/create-worker';
import type { TeamFolder } from '../team/team-folder';

export interface OpenWorkerOptions {
  readonly connectionOptions: ConnectionOptions;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly profile: SettingsProfile;
  readonly role?: WorkerRole;
  readonly buildId?: string;
  readonly deploymentName?: string;
  readonly shutdownGraceMs?: number;
  readonly store: LocalStoreOptions;
  readonly models: Models;
  readonly folders: readonly TeamFolder[];
  /** The only folder that file tools may read. */
  readonly filesRoot: string;
}

/** A worker that polls in this process. */
export interface OpenWorker {
  /** Settles once the worker has stopped; rejects where it could not go on. */
  readonly stopped: Promise<void>;
  /** Lets its calls finish and waits until it has stopped. */
  stop(): Promise<void>;
}

/** Starts a worker with the tools of some teams. Throws InvalidInput for two tools of one name. */
export async function openWorker(options: OpenWorkerOptions): Promise<OpenWorker> {
  const { connectionOptions, folders, filesRoot, store, ...rest } = options;
  const tools = folders.flatMap((folder) => folder.tools({ filesRoot }));
  const connection = await NativeConnection.connect(nativeOptions(connectionOptions));
  const worker = await createBatonWorker({
    ...rest,
    connection,
    tools,
    store: openLocalStore(store),
    dataConverter: { externalStorage: payloadStorage(store) },
  });
  const stopped = worker.run().finally(() => connection.close());
  // Whoever waits for it gets the error; until then it must not end the process as unhandled.
  stopped.catch(() => undefined);
  return {
    stopped,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped;
    },
  };
}

/** What the worker's own connection understands of the client's options. */
function nativeOptions({ address, tls, apiKey, metadata }: ConnectionOptions) {
  return {
    ...(address === undefined ? {} : { address }),
    ...(tls === undefined || tls === null ? {} : { tls }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
