import { createHash } from 'node:crypto';
import type { Hash } from '../contract/value';

const HASH = /^[0-9a-f]{64}$/;

/** `sha256` of bytes: what the contract's `hashText` gives for the same text, some times faster. */
export function hashBytes(bytes: Uint8Array): Hash {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Checked before a hash becomes part of a path: hashes arrive in histories and inputs, which others may write. */
export function isHash(text: string): text is Hash {
  return HASH.test(text);
}
