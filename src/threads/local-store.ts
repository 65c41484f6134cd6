import { openStore, type StoreOptions } from './open-store';
import type { Store } from './store';

/**
 * A store in a local folder, for any number of processes at once. A crash at any moment leaves every value whole or
 * absent. Throws StoreUnavailable where the folder cannot be made.
 */
export function openLocalStore(options: StoreOptions): Store {
  return openStore(options).store;
}
