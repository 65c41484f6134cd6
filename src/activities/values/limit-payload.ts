import { failure } from '../../contract/fail';
import { MAX_PAYLOAD_BYTES } from '../../contract/limits';

/**
 * The result, if history can hold it. Throws ValueTooLarge: Temporal itself retries an oversized result for ever, so
 * this must be checked before the activity returns.
 */
export function limitPayload<T>(result: T, producer: string): T {
  const text = JSON.stringify(result) ?? '';
  // A UTF-16 unit is at most three bytes of UTF-8: counting bytes is needed only near the limit.
  if (text.length * 3 <= MAX_PAYLOAD_BYTES) return result;
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_PAYLOAD_BYTES) return result;
  throw failure(
    'ValueTooLarge',
    `${producer} returned ${bytes} bytes and a run's history takes at most ${MAX_PAYLOAD_BYTES} in one piece. Return less, or store large data elsewhere and return its name.`,
    { details: [{ producer, bytes, maxBytes: MAX_PAYLOAD_BYTES }] },
  );
}
