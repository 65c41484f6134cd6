import type { Client, Connection } from '@temporalio/client';
import type { DataKeys } from '../threads/data-keys';
import type { ContentStore, RegistryStore } from '../threads/store';
import type { ListExecutions } from './list-executions';
import type { SettingsProfile } from './run-settings';

/** What every verb of the client works with. `connect` makes it. */
export interface ClientContext {
  readonly temporal: Client;
  readonly connection: Connection;
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Where large inputs and outputs of a run are kept; the same store that the workers use. */
  readonly contentOf: (run: string) => ContentStore;
  /** Where registries publish; of the same store. */
  readonly registry: RegistryStore;
  readonly listExecutions: ListExecutions;
  /** Absent where nothing is encrypted. */
  readonly keys?: DataKeys;
  /** Whether the server has Baton's search attributes. Asked once. */
  readonly searchAttributes: () => Promise<boolean>;
  /** Which settings the runs get that it starts. */
  readonly profile: SettingsProfile;
}
