/** Any value that survives JSON unchanged. What crosses an island border is always this. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** RFC 6901 pointer: `''` is the whole value, `/items/0` the first of `items`. */
export type JsonPointer = string;

/** The value at a pointer, or undefined where the path leads nowhere. */
export function atPointer(value: Json, pointer: JsonPointer): Json | undefined {
  if (pointer === '') return value;
  let here: Json | undefined = value;
  for (const raw of pointer.split('/').slice(1)) {
    const token = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(here))
      here = /^\d+$/.test(token) ? (here as readonly Json[])[Number(token)] : undefined;
    else if (here !== null && typeof here === 'object' && Object.hasOwn(here, token))
      here = (here as JsonObject)[token];
    else return undefined;
  }
  return here;
}
