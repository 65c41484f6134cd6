import { hashText } from '../contract/hash';
import type { Hash } from '../contract/value';

/**
 * Under which names a call is journaled. What serves is found by every generation; what ends its step in a failure only
 * by its own, so that raising the generation asks the bad reply anew and nothing else.
 */
export interface CallKeys {
  readonly serving: Hash;
  readonly failing: Hash;
}

export function generationKey(serving: Hash, generation: number): Hash {
  return hashText(`${serving}/generation/${generation}`);
}
