import type { Hash } from '../../contract/value';
import { hashBytes } from '../../threads/content-hash';

/**
 * Under which names a call is journaled. What serves is found by every generation; what ends its step in a failure only
 * by its own, so that raising the generation asks the bad reply anew and nothing else.
 */
export interface CallKeys {
  readonly serving: Hash;
  readonly failing: Hash;
}

export function generationKey(serving: Hash, generation: number): Hash {
  return hashBytes(Buffer.from(`${serving}/generation/${generation}`));
}

/** Of what one model of a chain gave to the call, where it was passed over. */
export function modelKey({ failing }: CallKeys, model: string): Hash {
  return hashBytes(Buffer.from(`${failing}/model/${model}`));
}
