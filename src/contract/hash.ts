import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import type { Hash } from './value';

/**
 * JSON by RFC 8785: the same value always gives the same bytes. Undefined members are left out. ECMAScript's own
 * writing of numbers and strings and its order of text are the RFC's, so only the members need sorting. Throws
 * TypeError on numbers that JSON has not.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is no JSON`);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  const written: string[] = [];
  for (const key of Object.keys(members).sort())
    if (members[key] !== undefined) written.push(`${JSON.stringify(key)}:${canonicalJson(members[key])}`);
  return `{${written.join(',')}}`;
}

/** `sha256` of a value's canonical JSON. The same on both islands. */
export function hashOf(value: unknown): Hash {
  return hashText(canonicalJson(value));
}

export function hashText(text: string): Hash {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
