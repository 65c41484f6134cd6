import { SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../contract/names';
import { failedSteps } from '../contract/run/past';
import type { RunView, ViewFailure } from '../contract/run/view';
import { nameSchema } from '../contract/team/name-schema';
import type { Value } from '../contract/value';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { inLanes } from './in-lanes';
import { type ListedRun, type ListOptions, list } from './list';
import { isUnanswered } from './query-workflow';
import { result } from './result';
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
  /** The run that has taken it up already; of several the newest. A search knows of it a second or so later. */
  readonly takenUp?: string;
}

export interface FailedOptions extends Pick<ListOptions, 'team' | 'closedSince'> {
  /** Runs at most, the newest. @default 50 */
  readonly limit?: number;
}

const CONCURRENT_RUNS = 8;
/** Of a run that was forgotten, and of one that others have the keys of. */
const UNREADABLE: ReadonlySet<string> = new Set(['RunForgotten', 'DecryptionFailed']);

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
  const [parts, takenUp] = await Promise.all([
    inLanes(runs, CONCURRENT_RUNS, (run) => partsOf(context, run)),
    takenUpBy(context, runs),
  ]);
  return runs.map((listed, index) => {
    const by = takenUp.get(listed.run);
    return {
      ...listed,
      state: listed.state === 'partial' ? 'partial' : 'failed',
      parts: parts[index] ?? [],
      ...(by === undefined ? {} : { takenUp: by }),
    };
  });
}

async function partsOf(context: ClientContext, { run }: ListedRun): Promise<readonly FailedPart[]> {
  try {
    return failedParts(await view(context, run));
  } catch (error) {
    // The list goes on past what cannot be read here.
    if (error instanceof BatonError && UNREADABLE.has(error.type))
      return [{ path: 'root', type: error.type, message: error.message }];
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

/** Pages of this size: what it reads of each run is its memo. */
const PAGE = 1000;

/** The runs that have taken up some of these, by the name of the older one: one search over what began since, whatever they are called. */
async function takenUpBy(
  context: ClientContext,
  runs: readonly ListedRun[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (runs.length === 0) return found;
  const since = Math.min(...runs.map(({ startedAt, endedAt = startedAt }) => endedAt));
  const parts = [
    `WorkflowType = '${WORKFLOW_TYPES.team}'`,
    `StartTime >= '${new Date(since).toISOString()}'`,
  ];
  const teams = [...new Set(runs.map(({ team }) => team))];
  if (teams.every((team) => nameSchema.safeParse(team).success) && (await context.searchAttributes()))
    parts.push(`${SEARCH_ATTRIBUTES.team} IN (${teams.map((team) => `'${team}'`).join(', ')})`);
  return explained(context, async () => {
    for await (const { workflowId, memo } of context.listExecutions({
      query: parts.join(' AND '),
      pageSize: PAGE,
    })) {
      const takesUp = memo?.takesUp;
      // The newest comes first.
      if (typeof takesUp === 'string' && !found.has(takesUp)) found.set(takesUp, workflowId);
    }
    return found;
  });
}
