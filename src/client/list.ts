import type { WorkflowExecutionInfo } from '@temporalio/client';
import { failure } from '../contract/fail';
import { SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../contract/names';
import type { NodeState } from '../contract/run/view';
import { nameSchema } from '../contract/team/name-schema';
import type { ClientContext } from './client-context';
import { inLanes } from './in-lanes';
import { explained } from './server-error';
import { type Stuck, stuckAt } from './stuck';
import { stateOfStatus } from './view';

/** A run or session in a list: what the server's search knows of it, without asking its own code. */
export interface ListedRun {
  readonly run: string;
  readonly team: string;
  readonly version: string;
  readonly state: NodeState;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Present where it cannot go on with the code of its workers. */
  readonly stuck?: Stuck;
}

export const LISTED_STATES = ['running', 'waiting', 'done', 'partial', 'failed', 'cancelled'] as const;
export type ListedState = (typeof LISTED_STATES)[number];

export interface ListOptions {
  readonly state?: ListedState;
  readonly team?: string;
  /** Only runs that were closed since, in milliseconds since the epoch. */
  readonly closedSince?: number;
  /** Sessions, and no runs: their messages run beneath them. @default false */
  readonly sessions?: boolean;
  /** @default 20 */
  readonly limit?: number;
}

/** Open runs that are asked about at one time. */
const CONCURRENT_LOOKS = 8;

/** Statuses that a run in that state may have in Temporal. */
const STATUSES: Readonly<Record<ListedState, readonly string[]>> = {
  running: ['Running'],
  waiting: ['Running'],
  done: ['Completed'],
  partial: ['Completed'],
  failed: ['Failed', 'TimedOut'],
  cancelled: ['Canceled', 'Terminated'],
};

/** Runs or sessions on the server, newest first, children left out. A search, a second or so behind. Throws TemporalUnreachable. */
export async function list(context: ClientContext, options: ListOptions = {}): Promise<readonly ListedRun[]> {
  const limit = options.limit ?? 20;
  const query = listQuery(options);
  return explained(context, async () => {
    const runs: ListedRun[] = [];
    if (limit < 1) return runs;
    for await (const info of context.listExecutions({ query, pageSize: Math.min(limit * 2, 100) })) {
      const run = listedRun(info);
      if (options.state !== undefined && run.state !== options.state) continue;
      runs.push(run);
      if (runs.length >= limit) break;
    }
    return inLanes(runs, CONCURRENT_LOOKS, (run) => withStuck(context, run));
  });
}

/** The search does not know it: the server is asked of every run that is open. */
async function withStuck(context: ClientContext, run: ListedRun): Promise<ListedRun> {
  if (run.endedAt !== undefined) return run;
  const stuck = await stuckAt(context, run.run);
  return stuck === undefined ? run : { ...run, stuck };
}

/** Only what every Temporal server can search by; Baton's own state is compared afterwards. */
function listQuery({ state, team, closedSince, sessions = false }: ListOptions): string {
  const type = sessions ? WORKFLOW_TYPES.session : WORKFLOW_TYPES.team;
  // A session that went on in a new execution is the newest one of its id.
  const parts = [`WorkflowType = '${type}'`, "ExecutionStatus != 'ContinuedAsNew'"];
  if (state !== undefined)
    parts.push(`ExecutionStatus IN (${STATUSES[state].map((each) => `'${each}'`).join(', ')})`);
  if (team !== undefined) {
    if (!nameSchema.safeParse(team).success) throw failure('InvalidInput', `"${team}" is no team's name.`);
    parts.push(`${SEARCH_ATTRIBUTES.team} = '${team}'`);
  }
  if (closedSince !== undefined) parts.push(`CloseTime >= '${new Date(closedSince).toISOString()}'`);
  return parts.join(' AND ');
}

export function listedRun(info: WorkflowExecutionInfo): ListedRun {
  return {
    run: info.workflowId,
    team: String(info.memo?.team ?? ''),
    version: String(info.memo?.version ?? ''),
    state: listedState(info),
    startedAt: info.startTime.getTime(),
    ...(info.closeTime === undefined ? {} : { endedAt: info.closeTime.getTime() }),
  };
}

/** The run's own word, where it fits the server's: a run that was terminated still calls itself running. */
function listedState(info: WorkflowExecutionInfo): NodeState {
  const closed = stateOfStatus(info.status.name);
  const own = info.searchAttributes[SEARCH_ATTRIBUTES.state]?.[0];
  if (closed === undefined) return own === 'waiting' ? 'waiting' : 'running';
  return closed === 'done' && own === 'partial' ? 'partial' : closed;
}
