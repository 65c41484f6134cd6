import { LocalCallJournal } from './call-journal';
import { LocalContentStore } from './content-store';
import { LocalIncidentLog } from './incident-log';
import { LocalRegistryStore } from './registry-store';
import { LocalSharedState } from './state-log';
import type { Store } from './store';
import { type Durability, StoreFiles } from './store-files';
import { LocalThreadStore } from './thread-store';

export interface LocalStoreOptions {
  /** Absolute path. It is made where it is missing; every process of a run must reach the same one. */
  readonly folder: string;
  /** Default `process`: what was written survives any crash of the process, not a loss of power. */
  readonly durability?: Durability;
}

/**
 * A store in a local folder, for any number of processes at once. A crash at any moment leaves every value whole or
 * absent. Throws StoreUnavailable where the folder cannot be made.
 */
export function openLocalStore({ folder, durability = 'process' }: LocalStoreOptions): Store {
  const files = new StoreFiles(folder, durability);
  const content = new LocalContentStore(files);
  return {
    content,
    threads: new LocalThreadStore(content),
    journal: new LocalCallJournal(files, content),
    incidents: new LocalIncidentLog(files),
    state: new LocalSharedState(files),
    registry: new LocalRegistryStore(files, content),
  };
}
