import type { Pause } from '../../contract/run/event';
import { oneLine } from './fit-text';
import { showClock } from './show-numbers';

/** Who holds a run, since when and why, in one line. */
export function showPause({ at, by, reason }: Pause): string {
  const who = by === undefined ? '' : ` by ${by}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return oneLine(`paused at ${showClock(at)}${who}${why}`);
}
