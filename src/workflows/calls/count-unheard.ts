import { ActivityFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Errand, Unheard } from '../../contract/calls/unheard';
import type { Usage } from '../../contract/cost/usage';
import { allElse } from '../run/all-else';
import type { Run } from '../run/run';
import { choreOptions } from './activity-options';
import { onOwnQueue } from './chore';

/** Temporal's word, in the details of a cancellation, for an activity of which no attempt was running. */
export const NOT_RUNNING = 'ACTIVITY_ID_NOT_STARTED';

/** A cancelled run ends no later than that for it. */
const COUNT_TIMEOUT_MS = 30_000;
/** JSON of those that are asked of in one activity, in characters; of one alone it may be more, as its own input was. */
const AT_ONE_TIME_CHARS = 256 * 1024;

interface Waiting {
  readonly unheard: Unheard;
  told(usage: Usage | undefined): void;
}

const waiting: Waiting[] = [];

/** Was it cancelled while no attempt of it was running, so that it can tell nothing of those before? */
export function isUnheard(error: unknown): error is ActivityFailure & { readonly activityId: string } {
  return (
    error instanceof ActivityFailure &&
    error.activityId !== undefined &&
    error.cause instanceof CancelledFailure &&
    (error.cause.details ?? []).includes(NOT_RUNNING)
  );
}

/** What such an activity had used; undefined where that cannot be found out. What is cancelled at one time is asked of together. */
export function countUnheard(
  run: Pick<Run, 'settings'>,
  activity: string,
  errand: Errand,
): Promise<Usage | undefined> {
  return new Promise((told) => {
    waiting.push({ unheard: { activity, errand }, told });
    if (waiting.length === 1) void CancellationScope.nonCancellable(() => countAll(run));
  });
}

async function countAll(run: Pick<Run, 'settings'>): Promise<void> {
  await allElse();
  let some: Waiting[] = [];
  let chars = 0;
  for (const one of waiting.splice(0)) {
    const more = JSON.stringify(one.unheard).length;
    if (some.length > 0 && chars + more > AT_ONE_TIME_CHARS) {
      void count(run, some);
      [some, chars] = [[], 0];
    }
    some.push(one);
    chars += more;
  }
  void count(run, some);
}

async function count(run: Pick<Run, 'settings'>, some: readonly Waiting[]): Promise<void> {
  const options = {
    ...choreOptions(run, 'count what was cancelled'),
    scheduleToCloseTimeout: COUNT_TIMEOUT_MS,
  };
  let usages: readonly Usage[] = [];
  try {
    usages = await onOwnQueue('countUnheard', [some.map(({ unheard }) => unheard)], options);
  } catch {
    // All that they held is taken for used.
  }
  for (const [index, { told }] of some.entries()) told(usages[index]);
}
