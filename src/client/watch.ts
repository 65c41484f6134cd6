import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '../contract/run/view';
import type { ClientContext } from './client-context';
import { isOver } from './merge-views';
import { type ClosedViews, view } from './view';

/** Between two looks at a run: the first while it moves, the second once it has stood still for a while. */
const QUICKEST_MS = 250;
const SLOWEST_MS = 1_000;

export interface WatchOptions {
  /** Aborting it ends the watching, not the run. */
  readonly signal?: AbortSignal;
}

/**
 * Views of a run, one for each change that a look sees, the last one when it is over.
 * Throws what {@link view} throws; the run goes on whatever happens to its watchers.
 */
export async function* watch(
  context: ClientContext,
  run: string,
  options: WatchOptions = {},
): AsyncGenerator<RunView, void, undefined> {
  const closed: ClosedViews = new Map();
  let shown = '';
  let pause = QUICKEST_MS;
  while (options.signal?.aborted !== true) {
    const current = await view(context, run, closed);
    const text = JSON.stringify(current);
    pause = text === shown ? Math.min(pause * 1.5, SLOWEST_MS) : QUICKEST_MS;
    if (text !== shown) yield current;
    shown = text;
    if (isOver(current.state)) return;
    await pauseFor(pause, options.signal);
  }
}

async function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
