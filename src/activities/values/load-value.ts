import type { BatonActivities } from '../../contract/activities';
import { inline } from '../../contract/value';
import { keepValue, resolveValue } from '../../threads/resolve-value';
import type { ContentStore } from '../../threads/store';

/**
 * The value inline where its JSON takes at most `maxBytes`, else by its name in the store. Safe to repeat. Throws
 * StoredValueMissing, StoreUnavailable.
 */
export function createLoadValue(content: ContentStore): BatonActivities['loadValue'] {
  return async (value, maxBytes) => {
    if ('ref' in value && value.ref.bytes > maxBytes) return value;
    const json = await resolveValue(value, content);
    return Buffer.byteLength(JSON.stringify(json)) <= maxBytes ? inline(json) : keepValue(json, content);
  };
}
