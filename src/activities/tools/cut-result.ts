import type { Json } from '../../contract/json';
import { MAX_TOOL_RESULT_BYTES } from '../../contract/limits';

/**
 * A tool's result, cut where it is too large for a model to read. What is cut becomes text (half a JSON document is
 * none) and ends with a note that says how much is missing.
 */
export function cutResult(result: Json, maxBytes: number = MAX_TOOL_RESULT_BYTES): Json {
  const json = JSON.stringify(result);
  if (json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes) return result;
  const bytes = Buffer.from(typeof result === 'string' ? result : json);
  const kept = bytes.subarray(0, characterEnd(bytes, maxBytes)).toString();
  return `${kept}\n[Cut: the result had ${bytes.length} bytes and only the first ${Buffer.byteLength(kept)} are here. Ask for less at a time.]`;
}

/** The last position up to `limit` that is not in the middle of a UTF-8 character. */
function characterEnd(bytes: Buffer, limit: number): number {
  let end = Math.min(limit, bytes.length);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
