import { Context } from '@temporalio/activity';
import type { RegistryActivities } from '../../contract/activities';
import type { Store } from '../../threads/store';
import { withHeartbeat } from '../with-heartbeat';
import { changeRegistry } from './change-registry';

/** What the registry's workflow does with the store. */
export function createRegistryActivities({ registry }: Pick<Store, 'registry'>): RegistryActivities {
  return {
    openRegistry: async (name) => (await registry.latest(name)) ?? null,
    changeRegistry: (changes) => withHeartbeat(Context.current(), () => changeRegistry(registry, changes)),
  };
}
