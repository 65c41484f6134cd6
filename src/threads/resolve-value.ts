import type { Json } from '../contract/json';
import type { DraftMessage, DraftPart, Message, Part } from '../contract/run/conversation';
import { INLINE_BYTES, inline, previewText, type Value } from '../contract/value';
import type { ContentStore } from './store';
import { textOf } from './text-of';

/** The JSON that a value stands for, wherever it is. Throws StoredValueMissing, StoreUnavailable. */
export async function resolveValue(value: Value, content: ContentStore): Promise<Json> {
  if ('inline' in value) return value.inline;
  if ('ref' in value) return content.get(value.ref.hash);
  if ('list' in value) return Promise.all(value.list.map((item) => resolveValue(item, content)));
  if ('text' in value) {
    const pieces = await Promise.all(value.text.map((piece) => resolveValue(piece, content)));
    return pieces.map(textOf).join('');
  }
  const members = await Promise.all(
    Object.entries(value.record).map(
      async ([name, member]) => [name, await resolveValue(member, content)] as const,
    ),
  );
  return Object.fromEntries(members);
}

/** A message with everything in it. Values become text: strings as they are, all else as indented JSON. */
export async function resolveMessage(draft: DraftMessage, content: ContentStore): Promise<Message> {
  return {
    role: draft.role,
    content: await Promise.all(draft.content.map((part) => resolvePart(part, content))),
  };
}

/** A value for the history: the JSON itself up to {@link INLINE_BYTES}, else its name in the store and a preview. */
export async function keepValue(json: Json, content: ContentStore): Promise<Value> {
  if (Buffer.byteLength(JSON.stringify(json)) <= INLINE_BYTES) return inline(json);
  return { ref: await content.put(json), preview: previewText(json) };
}

async function resolvePart(part: DraftPart, content: ContentStore): Promise<Part> {
  if (part.type === 'text') return part;
  const text = textOf(await resolveValue(part.value, content));
  if (part.type === 'value') return { type: 'text', text };
  const { id, name, isError, byEngine } = part;
  return {
    type: 'toolResult',
    id,
    name,
    content: text,
    isError,
    ...(byEngine === undefined ? {} : { byEngine }),
  };
}
