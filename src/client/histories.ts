import type { History } from '@temporalio/common/lib/proto-utils';
import type { ClientContext } from './client-context';
import { explained } from './server-error';

/** One execution of a run, or of a child that runs a part of it, with all that Temporal keeps of it. */
export interface ExecutionHistory {
  readonly workflowId: string;
  readonly history: History;
}

/**
 * The histories of a run and of everything below it, continuations included, parents first. No worker is needed.
 * A child that the server has forgotten is left out. Throws RunNotFound, TemporalUnreachable.
 */
export async function histories(context: ClientContext, run: string): Promise<readonly ExecutionHistory[]> {
  const found: ExecutionHistory[] = [];
  const read = async (workflowId: string, runId?: string): Promise<void> => {
    const history = await context.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    found.push({ workflowId, history });
    for (const next of whatFollows(history)) {
      // A continuation bears the same name.
      await read(next.workflowId ?? workflowId, next.runId);
    }
  };
  await explained(context, () => read(run), run);
  return found;
}

function whatFollows({ events }: History): readonly { workflowId?: string; runId: string }[] {
  return (events ?? []).flatMap((event) => {
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (child?.workflowId && child.runId) return [{ workflowId: child.workflowId, runId: child.runId }];
    const next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    return next ? [{ runId: next }] : [];
  });
}
