import type { BatonActivities } from '../../contract/activities';
import { failure } from '../../contract/fail';
import { atPointer, type Json } from '../../contract/json';
import type { SplitInput } from '../../contract/run/map-run';
import { childSize } from '../../contract/size/map-windows';
import { INLINE_BYTES, inline, previewText, RESULT_BYTES, type Value } from '../../contract/value';
import { keepValue, resolveValue } from '../../threads/resolve-value';
import type { ContentStore } from '../../threads/store';

/** A list of hundreds of items is one piece of history: each shows little of itself. */
const ITEM_PREVIEW_CHARS = 60;

/**
 * Makes values of a list's items, the small ones inline as long as they are not too many, and hands them out whole or
 * in stored parts. Pure over the store, so safe to repeat. Throws InvalidInput.
 */
export function createSplitList(content: ContentStore): BatonActivities['splitList'] {
  return async (input) => {
    const items = await itemsOf(input, content);
    const { maxItems, window } = input;
    if (items.length > maxItems)
      throw failure(
        'InvalidInput',
        `The list has ${items.length} items; the map allows ${maxItems} (maxItems). Raise it, or give it less.`,
        { details: [{ items: items.length, maxItems }] },
      );
    if (items.length <= window) return { items };
    const size = childSize(items.length, window);
    const parts: Promise<Value>[] = [];
    for (let from = 0; from < items.length; from += size)
      parts.push(keepValue(items.slice(from, from + size) as unknown as Json, content));
    return { count: items.length, size, parts: await Promise.all(parts) };
  };
}

async function itemsOf({ list, over }: SplitInput, content: ContentStore): Promise<readonly Value[]> {
  const json = await resolveValue(list, content);
  if (over === undefined) return json as unknown as readonly Value[];
  const found = atPointer(json, over);
  if (Array.isArray(found)) return asValues(found as readonly Json[], content);
  const where = over === '' ? 'The input is no list' : `The input has no list at "${over}"`;
  throw failure(
    'InvalidInput',
    `${where}, and a map needs one. Correct its "over", or what comes before it.`,
  );
}

async function asValues(items: readonly Json[], content: ContentStore): Promise<readonly Value[]> {
  let inlineBytes = 0;
  return Promise.all(
    items.map(async (item): Promise<Value> => {
      const bytes = Buffer.byteLength(JSON.stringify(item));
      if (bytes <= INLINE_BYTES && inlineBytes + bytes <= RESULT_BYTES) {
        inlineBytes += bytes;
        return inline(item);
      }
      return { ref: await content.put(item), preview: previewText(item, ITEM_PREVIEW_CHARS) };
    }),
  );
}
