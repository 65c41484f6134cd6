import type { RegistryActivities } from '../../contract/activities';
import { failure } from '../../contract/fail';
import { agentSchema } from '../../contract/team/agent';
import type { Store } from '../../threads/store';
import { limitPayload } from '../values/limit-payload';

/** What the registry's workflow does with the store. */
export function createRegistryActivities({ registry }: Pick<Store, 'registry'>): RegistryActivities {
  return {
    openRegistry: async (name, carried) => {
      const head = carried ?? (await registry.latest(name));
      return head === undefined ? null : { head, pages: (await registry.snapshot(head.snapshot)).pages };
    },
    readRegistryPage: async (page) =>
      limitPayload(await registry.page(page), 'Reading a page of the registry'),
    storeRegistryPage: (page) => registry.putPage(page),
    publishRegistry: (name, snapshot) => registry.publish(name, snapshot),
    checkDefinitions: async (definitions) => {
      await Promise.all(
        definitions.map(async (hash) => {
          const parsed = agentSchema.safeParse(await registry.definition(hash));
          if (!parsed.success)
            throw failure('InvalidInput', `The stored value ${hash} is no agent's definition.`);
        }),
      );
    },
  };
}
