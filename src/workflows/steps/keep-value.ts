import { proxyLocalActivities } from '@temporalio/workflow';
import type { BatonActivities } from '../../contract/activities';
import { INLINE_BYTES, type Value } from '../../contract/value';
import { choreOptions } from '../calls/activity-options';
import { inTurn } from '../run/in-turn';
import type { Run } from '../run/run';
import { concluding } from '../safeguards/deadline';

/** Composites up to this size, in bytes of JSON, stay as they are: storing one costs an event of its own. */
const COMPOSITE_BYTES = 4 * INLINE_BYTES;

/** Keeps history small: a composite that has grown large is stored and goes on by reference. */
export async function keepValue(run: Pick<Run, 'settings'>, value: Value): Promise<Value> {
  if ('ref' in value || JSON.stringify(value).length <= COMPOSITE_BYTES) return value;
  const { storeValue } = proxyLocalActivities<BatonActivities>(choreOptions(run, 'store a value'));
  return concluding(() => inTurn(storeValue(value)));
}
