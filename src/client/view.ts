import { setTimeout as sleep } from 'node:timers/promises';
import {
  QueryNotRegisteredError,
  QueryRejectedError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { VIEW_QUERY } from '../contract/names';
import type { NodeState, RunView } from '../contract/view';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { isOver, mergeViews } from './merge-views';
import { explained, grpcCode } from './server-error';
import { noWorker } from './task-queue';

/** Children asked at one time: a wide fan-out must not fill the server's query slots. */
const CONCURRENT_QUERIES = 8;
/** A query is answered by a worker; after the first time it is asked whether there is one, after the second given up. */
const ASK_FOR_WORKER_MS = 2_000;
const QUERY_DEADLINE_MS = 10_000;

/** Views of children that have ended: they never change again. Give the same one to every call about one run. */
export type ClosedViews = Map<string, RunView>;

/**
 * A run as it stands, its children's steps included. A worker must be polling, since the run's own code answers.
 * Throws RunNotFound, NoWorker, TemporalUnreachable.
 */
export async function view(
  context: ClientContext,
  run: string,
  closed: ClosedViews = new Map(),
): Promise<RunView> {
  return explained(context, () => readView(context, run, closed), run);
}

async function readView(context: ClientContext, run: string, closed: ClosedViews): Promise<RunView> {
  const handle = context.temporal.workflow.getHandle(run);
  const [description, root] = await Promise.all([handle.describe(), queryView(context, run)]);
  const views = new Map(closed);
  await readChildren(context, root, { views, closed });
  return settled(mergeViews(root, views), description);
}

async function readChildren(
  context: ClientContext,
  parent: RunView,
  known: { readonly views: Map<string, RunView>; readonly closed: ClosedViews },
): Promise<void> {
  const names = parent.nodes.flatMap((node) => (node.child === undefined ? [] : [node.child]));
  for (let first = 0; first < names.length; first += CONCURRENT_QUERIES) {
    const group = names.slice(first, first + CONCURRENT_QUERIES);
    await Promise.all(
      group.map(async (name) => {
        const child = known.closed.get(name) ?? (await queryChild(context, name));
        if (child === undefined) return;
        known.views.set(name, child);
        await readChildren(context, child, known);
        if (isOver(child.state)) known.closed.set(name, child);
      }),
    );
  }
}

/** A child that the parent has named but the server has not started yet, or has already forgotten, has no view. */
async function queryChild(context: ClientContext, workflow: string): Promise<RunView | undefined> {
  try {
    return await queryView(context, workflow);
  } catch (error) {
    if (error instanceof BatonError && error.type === 'RunNotFound') return undefined;
    throw error;
  }
}

/** One workflow's own view, without its children's. */
export async function queryView(context: ClientContext, workflow: string): Promise<RunView> {
  return explained(
    context,
    async () => {
      const answered = new AbortController();
      try {
        return await Promise.race([
          context.connection.withDeadline(Date.now() + QUERY_DEADLINE_MS, () =>
            // A query that lost the race must end with it: retried on a closed connection it would throw in a timer.
            context.connection.withAbortSignal(answered.signal, () =>
              context.temporal.workflow.getHandle(workflow).query<RunView>(VIEW_QUERY),
            ),
          ),
          missingWorker(context, workflow, answered.signal),
        ]);
      } catch (error) {
        throw await explainQueryFailure(context, workflow, error);
      } finally {
        answered.abort();
      }
    },
    workflow,
  );
}

/** Rejects with NoWorker once a query has waited for a while and nobody is there to answer it; else never settles. */
async function missingWorker(
  context: ClientContext,
  workflow: string,
  answered: AbortSignal,
): Promise<never> {
  await sleep(ASK_FOR_WORKER_MS, undefined, { signal: answered });
  const missing = await noWorker(context, workflow);
  if (missing !== undefined) throw missing;
  return new Promise<never>(() => undefined);
}

const FAILED_PRECONDITION = 9;
const DEADLINE_EXCEEDED = 4;

async function explainQueryFailure(
  context: ClientContext,
  workflow: string,
  error: unknown,
): Promise<unknown> {
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError)
    return new BatonError('RunNotFound', `"${workflow}" is a workflow, but no run of a Baton team.`, {
      run: workflow,
      cause: error,
    });
  const code = grpcCode(error);
  if (code !== FAILED_PRECONDITION && code !== DEADLINE_EXCEEDED) return error;
  const missing = await noWorker(context, workflow);
  if (missing !== undefined || code === FAILED_PRECONDITION) return missing ?? error;
  // The server did answer the question about its workers: it is one of those that is silent.
  return new BatonError(
    'NoWorker',
    `No worker of "${workflow}" answered within ${QUERY_DEADLINE_MS / 1000} s.`,
    {
      run: workflow,
      cause: error,
      remedy: 'It may have died a moment ago: start one with "baton worker", or ask again.',
    },
  );
}

/** A terminated run's code never got to say that it is over: the server's word goes before the run's own. */
function settled(view: RunView, description: WorkflowExecutionDescription): RunView {
  const state = stateOfStatus(description.status.name);
  if (state === undefined || isOver(view.state)) return view;
  return {
    ...view,
    state,
    ...(description.closeTime === undefined ? {} : { endedAt: description.closeTime.getTime() }),
  };
}

/** What Temporal's status of a closed workflow means for a run; undefined while it is open. */
export function stateOfStatus(status: string): NodeState | undefined {
  if (status === 'COMPLETED') return 'done';
  if (status === 'CANCELLED' || status === 'TERMINATED') return 'cancelled';
  if (status === 'FAILED' || status === 'TIMED_OUT') return 'failed';
  return undefined;
}
