import { ActivityFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Errand, Unheard } from '../../contract/calls/unheard';
import type { Usage } from '../../contract/cost/usage';
import { allElse } from '../run/in-turn';
import type { Run } from '../run/run';
import { choreOptions } from './activity-options';
import { onOwnQueue } from './chore';

/** Temporal's word, in the details of a cancellation, for an activity of which no attempt was running. */
const NOT_RUNNING = 'ACTIVITY_ID_NOT_STARTED';

/** A cancelled run ends no later than that for it. */
const COUNT_TIMEOUT_MS = 30_000;
/** Asked of in one activity, so that its input stays small. */
const AT_ONE_TIME = 50;

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
  const all = waiting.splice(0);
  for (let first = 0; first < all.length; first += AT_ONE_TIME)
    void count(run, all.slice(first, first + AT_ONE_TIME));
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
