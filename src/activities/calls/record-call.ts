import type { Json } from '../../contract/json';
import type { CallJournal, Lease } from '../../threads/store';
import type { CallKeys } from './call-keys';

/**
 * Records what a call gave under the key where it is to be found again, and returns what the journal then holds.
 * `lease` is on the serving key. Throws StaleAttempt where a newer attempt has taken over.
 */
export async function recordCall(
  journal: CallJournal,
  call: { readonly lease: Lease; readonly keys: CallKeys; readonly fails: boolean },
  entry: Json,
): Promise<Json> {
  const { lease, keys, fails } = call;
  if (!fails || keys.failing === keys.serving) return journal.record(lease, entry);
  // Taking the first lease again proves that no newer attempt has taken over in the meantime.
  await journal.lease(keys.serving, lease.holder);
  return journal.record(await journal.lease(keys.failing, lease.holder), entry);
}
