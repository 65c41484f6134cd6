import type { Approval } from '../contract/approvals/approval';
import { SEARCH_ATTRIBUTES } from '../contract/names';
import type { RunView } from '../contract/run/view';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { isUnanswered } from './query-workflow';
import { explained } from './server-error';
import { queryView, view } from './view';

/** A question that waits for a person, and where. */
export interface WaitingApproval extends Approval {
  readonly run: string;
  /** The workflow that holds it: the run itself, or the child that runs that part of it. */
  readonly workflow: string;
  readonly team: string;
}

export interface InboxOptions {
  /** Only this run's questions. They are asked of the run itself, so they are there at once. */
  readonly run?: string;
  /** Questions read from the inbox at most. @default 200 */
  readonly limit?: number;
  /** Told of each workflow in the inbox that no worker answers for. @default the whole list fails with NoWorker */
  readonly onSilent?: (workflow: string) => void;
}

/**
 * What waits for a decision, oldest first: of one run, or of every run and child on the server. The list of all is
 * a search on the server, a second or so behind. Throws RunNotFound, NoWorker, TemporalUnreachable; InvalidInput where
 * the server lacks Baton's search attributes and no run is given.
 */
export async function approvals(
  context: ClientContext,
  options: InboxOptions = {},
): Promise<readonly WaitingApproval[]> {
  if (options.run !== undefined) return waitingIn(await wholeRun(context, options.run));
  return explained(context, async () => {
    if (!(await context.searchAttributes()))
      throw new BatonError(
        'InvalidInput',
        `The server at ${context.address} lacks Baton's search attributes, so the inbox of all runs cannot be searched.`,
        {
          remedy:
            'Name the run: baton approvals --run ID; "baton up" prints the commands that add the attributes.',
        },
      );
    const query = `${SEARCH_ATTRIBUTES.approvals} IS NOT NULL AND ExecutionStatus = 'Running'`;
    return waitingIn(await searched(context, query, options));
  });
}

/** Workflow views that a search finds. A run that ends between the search and the question has nothing waiting. */
export async function searched(
  context: ClientContext,
  query: string,
  { limit = 200, onSilent }: Pick<InboxOptions, 'limit' | 'onSilent'> = {},
): Promise<readonly RunView[]> {
  const views: RunView[] = [];
  for await (const found of context.listExecutions({ query, pageSize: Math.min(limit, 100) })) {
    if (views.length >= limit) break;
    const one = await viewIfThere(context, found.workflowId, onSilent);
    if (one !== undefined) views.push(one);
  }
  return views;
}

/** The views of a run and of the children that hold questions, each with its own approvals. */
async function wholeRun(context: ClientContext, run: string): Promise<readonly RunView[]> {
  const children = new Map<string, RunView>();
  const merged = await view(context, run, children);
  const open = merged.nodes.flatMap((node) => (node.child === undefined ? [] : [node.child]));
  const own = await queryView(context, run);
  const views = await Promise.all(
    open.filter((name) => !children.has(name)).map((name) => viewIfThere(context, name)),
  );
  return [own, ...views.filter((each) => each !== undefined)];
}

async function viewIfThere(
  context: ClientContext,
  workflow: string,
  onSilent?: InboxOptions['onSilent'],
): Promise<RunView | undefined> {
  try {
    return await queryView(context, workflow);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    if (error.type === 'RunNotFound') return undefined;
    if (!isUnanswered(error) || onSilent === undefined) throw error;
    onSilent(workflow);
    return undefined;
  }
}

function waitingIn(views: readonly RunView[]): readonly WaitingApproval[] {
  const byId = new Map<string, WaitingApproval>();
  for (const { run, workflow, team, approvals: asked } of views)
    for (const approval of asked)
      if (approval.decision === undefined && !byId.has(approval.id))
        byId.set(approval.id, { ...approval, run, workflow, team });
  return [...byId.values()].sort((left, right) => left.askedAt - right.askedAt);
}
