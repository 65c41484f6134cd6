import type { WorkflowExecutionDescription } from '@temporalio/client';
import { VIEW_QUERY } from '../contract/names';
import type { NodeState, RunView } from '../contract/run/view';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { isOver, mergeViews } from './merge-views';
import { queryWorkflow } from './query-workflow';
import { explained } from './server-error';

/** Children asked at one time: a wide fan-out must not fill the server's query slots. */
const CONCURRENT_QUERIES = 8;

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
  return queryWorkflow(context, workflow, VIEW_QUERY);
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
