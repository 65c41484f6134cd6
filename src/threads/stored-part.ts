import type { Json, JsonObject } from '../contract/json';
import type { Part } from '../contract/run/conversation';
import { type Hash, INLINE_BYTES } from '../contract/value';
import type { ContentStore } from './store';
import { prettyJson } from './text-of';

/**
 * A part of a message as a node of a thread holds it. What is large stands in an object of its own, the very one that
 * `keepValue` makes of the same text or arguments, so that no text is stored twice.
 */
export type StoredPart = Part | { readonly part: Part; readonly kept: Kept };

/** Where the large field of a part stands; `pretty` means that the part shows the object's JSON indented. */
interface Kept {
  readonly hash: Hash;
  readonly pretty?: true;
}

export async function storePart(part: Part, content: ContentStore): Promise<StoredPart> {
  if (part.type === 'opaque') return part;
  if (part.type === 'toolCall') {
    if (isSmall(JSON.stringify(part.args))) return part;
    return { part: { ...part, args: {} }, kept: { hash: (await content.put(part.args)).hash } };
  }
  const text = part.type === 'text' ? part.text : part.content;
  if (isSmall(JSON.stringify(text))) return part;
  return { part: withText(part, ''), kept: await keepText(text, content) };
}

export async function loadPart(stored: StoredPart, content: ContentStore): Promise<Part> {
  if (!('kept' in stored)) return stored;
  const { part, kept } = stored;
  const value = await content.get(kept.hash);
  if (part.type === 'toolCall') return { ...part, args: value as JsonObject };
  if (part.type === 'opaque') return part;
  return withText(part, kept.pretty === true ? prettyJson(value) : (value as string));
}

async function keepText(text: string, content: ContentStore): Promise<Kept> {
  const value = shownValue(text);
  if (value === undefined) return { hash: (await content.put(text)).hash };
  const { hash } = await content.put(value);
  // The store sorts members. Only if that changes nothing in the text may the text be made from the object again.
  return prettyJson(await content.get(hash)) === text
    ? { hash, pretty: true }
    : { hash: (await content.put(text)).hash };
}

/** The value whose indented JSON the text may be. */
function shownValue(text: string): Json | undefined {
  if (!text.startsWith('{\n') && !text.startsWith('[\n')) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function withText(part: Exclude<Part, { type: 'toolCall' | 'opaque' }>, text: string): Part {
  return part.type === 'text' ? { ...part, text } : { ...part, content: text };
}

function isSmall(json: string): boolean {
  return json.length <= INLINE_BYTES && Buffer.byteLength(json) <= INLINE_BYTES;
}
