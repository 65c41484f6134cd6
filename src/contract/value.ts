import type { Json } from './json';

/** Name of a stored object: `sha256` of its canonical bytes, in lower-case hex. */
export type Hash = string;

/** A stored object and its size in bytes. */
export interface Ref {
  readonly hash: Hash;
  readonly bytes: number;
}

/**
 * What travels between steps. Small data is inline; large data is in the store and history holds its name and a
 * preview; a composite (a record, a list, or a text in pieces) is built by workflow code, which cannot read the store, and is joined where
 * it is used.
 */
export type Value =
  | { readonly inline: Json }
  | { readonly ref: Ref; readonly preview: string }
  | { readonly record: { readonly [name: string]: Value } }
  | { readonly list: readonly Value[] }
  | { readonly text: readonly Value[] };

/** Largest value, in bytes of JSON, that an activity returns inline. */
export const INLINE_BYTES = 1024;

/** Largest result, in bytes of JSON, that a run returns inline. */
export const RESULT_BYTES = 64 * 1024;

/** Characters of a stored value that history and views show. */
export const PREVIEW_CHARS = 200;

export function inline(value: Json): Value {
  return { inline: value };
}

/** A composite of which every part is inline, as the one JSON that it is: nothing has to join it later. */
export function joined(value: Value): Value {
  const json = jsonOf(value);
  return json === undefined ? value : inline(json);
}

function jsonOf(value: Value): Json | undefined {
  if ('inline' in value) return value.inline;
  if ('list' in value) {
    const items = value.list.map(jsonOf);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (!('record' in value)) return undefined;
  const members = Object.entries(value.record).flatMap(([name, member]) => {
    const json = jsonOf(member);
    return json === undefined ? [] : [[name, json] as const];
  });
  return members.length === Object.keys(value.record).length ? Object.fromEntries(members) : undefined;
}

/** What a person may read in place of the value: itself when it is short text, else its first characters. */
export function previewOf(value: Value, chars: number = PREVIEW_CHARS): string {
  if ('ref' in value) return value.preview.slice(0, chars);
  if ('record' in value) return `{${Object.keys(value.record).join(', ')}}`.slice(0, chars);
  if ('list' in value) return `[${value.list.length} values]`;
  if ('text' in value)
    return value.text
      .map((piece) => previewOf(piece, chars))
      .join('')
      .slice(0, chars);
  return previewText(value.inline, chars);
}

/** The first characters of a JSON value: text as it is, everything else as JSON. */
export function previewText(value: Json, chars: number = PREVIEW_CHARS): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}
