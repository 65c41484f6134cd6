import { INLINE_BYTES, type Value } from '../../contract/value';
import { chore } from '../calls/chore';
import type { Run } from '../run/run';
import { concluding } from '../safeguards/deadline';

/** Composites up to this size, in bytes of JSON, stay as they are: storing one costs an event of its own. */
const COMPOSITE_BYTES = 4 * INLINE_BYTES;

/** Keeps history small: a composite that has grown large is stored and goes on by reference. */
export async function keepValue(run: Pick<Run, 'settings'>, value: Value): Promise<Value> {
  if ('ref' in value || JSON.stringify(value).length <= COMPOSITE_BYTES) return value;
  return concluding(() => chore(run, 'store a value', 'storeValue', value));
}
