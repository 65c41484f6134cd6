import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import { RESULT_BYTES, type Value } from '../../contract/value';
import { chore } from '../calls/chore';
import type { Run } from '../run/run';
import { concluding } from '../safeguards/deadline';

/**
 * The JSON of a value that decides how a run goes on: a verdict, a plan, the answers of a vote. Throws ValueTooLarge
 * over 64 KiB, which a decision need not have and history must not hold.
 */
export async function readJson(run: Pick<Run, 'settings'>, value: Value, what: string): Promise<Json> {
  if ('inline' in value) return value.inline;
  const loaded = await concluding(() => chore(run, `read ${what}`, 'loadValue', value, RESULT_BYTES));
  if ('inline' in loaded) return loaded.inline;
  throw failure(
    'ValueTooLarge',
    `${what} is larger than ${RESULT_BYTES} bytes, which a decision need not be.`,
  );
}
