import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { canonicalize } from 'json-canonicalize';
import type { Hash } from './value';

/** JSON by RFC 8785: the same value always gives the same bytes. Undefined members are left out. */
export function canonicalJson(value: unknown): string {
  return canonicalize(value);
}

/** `sha256` of a value's canonical JSON. The same on both islands. */
export function hashOf(value: unknown): Hash {
  return hashText(canonicalJson(value));
}

export function hashText(text: string): Hash {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
