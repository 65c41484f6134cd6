import { condition } from '@temporalio/workflow';
import { withDeadline } from './deadline';

const TIME_IS_OVER = new Error('the time is over');

/** Waits until something is so, or for so many milliseconds; true where it is. */
export async function metWithin(timeMs: number, met: () => boolean): Promise<boolean> {
  try {
    await withDeadline(
      timeMs,
      () => condition(met),
      () => TIME_IS_OVER,
    );
    return true;
  } catch (error) {
    if (error !== TIME_IS_OVER) throw error;
    return false;
  }
}
