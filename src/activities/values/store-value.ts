import type { BatonActivities } from '../../contract/activities';
import { keepValue, resolveValue } from '../../threads/resolve-value';
import type { ContentStore } from '../../threads/store';

/** Makes one value of a composite, inline when small and stored otherwise. Safe to repeat. */
export function createStoreValue(content: ContentStore): BatonActivities['storeValue'] {
  return async (value) => ('ref' in value ? value : keepValue(await resolveValue(value, content), content));
}
