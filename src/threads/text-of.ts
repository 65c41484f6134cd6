import type { Json } from '../contract/json';

/** A value as a model reads it: text as it is, everything else as indented JSON. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : prettyJson(value);
}

export function prettyJson(value: Json): string {
  return JSON.stringify(value, null, 2);
}
