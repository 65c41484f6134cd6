import { failedSteps } from '../contract/run/past';
import type { RunView, ViewFailure } from '../contract/run/view';
import type { Value } from '../contract/value';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { inLanes } from './in-lanes';
import { type ListedRun, type ListOptions, list } from './list';
import { isUnanswered } from './query-workflow';
import { result } from './result';
import { nextName } from './resume';
import { explained } from './server-error';
import { view } from './view';

/** A step that failed a run, or took a branch from its result. */
export interface FailedPart extends ViewFailure {
  readonly path: string;
  /** What the step was given. Absent where no worker answered for the run. */
  readonly input?: Value;
}

/** A run that failed, or whose result lacks parts, with all that it takes to go on from there. */
export interface FailedRun extends ListedRun {
  readonly state: 'failed' | 'partial';
  readonly parts: readonly FailedPart[];
  /** The run that has taken it up already, where it was given no name of its own. */
  readonly takenUp?: string;
}

export interface FailedOptions extends Pick<ListOptions, 'team' | 'closedSince'> {
  /** Runs at most, the newest. @default 50 */
  readonly limit?: number;
}

const CONCURRENT_RUNS = 8;

/**
 * Runs that failed, and runs whose result lacks an optional part, newest first, each with its reasons. A failed run
 * keeps its reason on the server; for a part's reason and input a worker must answer, without one they are left out.
 * Throws TemporalUnreachable, InvalidInput.
 */
export async function failed(
  context: ClientContext,
  { limit = 50, ...which }: FailedOptions = {},
): Promise<readonly FailedRun[]> {
  const [wholly, partly] = await Promise.all([
    list(context, { ...which, limit, state: 'failed' }),
    list(context, { ...which, limit, state: 'partial' }),
  ]);
  const runs = [...wholly, ...partly]
    .toSorted((left, right) => right.startedAt - left.startedAt)
    .slice(0, limit);
  return inLanes(runs, CONCURRENT_RUNS, (run) => withReasons(context, run));
}

async function withReasons(context: ClientContext, listed: ListedRun): Promise<FailedRun> {
  const { run } = listed;
  const [parts, takenUp] = await Promise.all([partsOf(context, listed), takenUpBy(context, run)]);
  const state = listed.state === 'partial' ? 'partial' : 'failed';
  return { ...listed, state, parts, ...(takenUp === undefined ? {} : { takenUp }) };
}

async function partsOf(context: ClientContext, { run }: ListedRun): Promise<readonly FailedPart[]> {
  try {
    return failedParts(await view(context, run));
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    return reasonsOnServer(context, run);
  }
}

export function failedParts(past: RunView): readonly FailedPart[] {
  const parts = failedSteps(past).map(({ path, failure, input }) => ({
    path,
    type: failure?.type ?? 'Error',
    message: failure?.message ?? '',
    ...(input === undefined ? {} : { input }),
  }));
  // A run that its own deadline ended has no step that failed by itself.
  return parts.length > 0 || past.failure === undefined ? parts : [{ path: 'root', ...past.failure }];
}

async function reasonsOnServer(context: ClientContext, run: string): Promise<readonly FailedPart[]> {
  try {
    const { missing } = await result(context, run);
    return missing.map((path) => ({ path, type: 'Unknown', message: 'No worker answers for this run.' }));
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return [{ path: 'root', type: error.type, message: error.message }];
  }
}

async function takenUpBy(context: ClientContext, run: string): Promise<string | undefined> {
  const name = nextName(run);
  try {
    await explained(context, () => context.temporal.workflow.getHandle(name).describe(), name);
    return name;
  } catch (error) {
    if (error instanceof BatonError && error.type === 'RunNotFound') return undefined;
    throw error;
  }
}
