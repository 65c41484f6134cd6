import { canonicalJson } from '../../../contract/hash';
import type { Json } from '../../../contract/json';

/** A name for a value under which values that differ only in the case and spacing of their text are the same. */
export function samenessKey(value: Json): string {
  return canonicalJson(loosened(value));
}

function loosened(value: Json): Json {
  if (typeof value === 'string') return value.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, '');
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(loosened);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, loosened(member as Json)]));
}
