import { temporal } from '@temporalio/proto';
import type { ClientContext } from './client-context';

/** What an open run says that cannot go on with the code of its workers. It loses nothing, and goes on once that fits. */
export interface Stuck {
  /** Tries of the same task so far; the server tries again, ever more rarely. */
  readonly attempts: number;
  /** In the worker's words. Absent where the server has none, or the words are encrypted. */
  readonly why?: string;
}

/** A worker that dies costs a try or two; only code that cannot go on fails so often in a row. */
const STUCK_AFTER = 3;
/** Last events that are read: a task that failed is the last one or two. */
const EVENTS = 10;

const { WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR } = temporal.api.enums.v1.WorkflowTaskFailedCause;

/** Undefined where the run goes on, or is over. No worker is needed. Throws the server's errors. */
export async function stuckAt(context: ClientContext, workflowId: string): Promise<Stuck | undefined> {
  const { namespace } = context;
  // Not the SDK's `describe`, which reads the memo: that of a forgotten run cannot be read.
  const { pendingWorkflowTask } = await context.temporal.workflowService.describeWorkflowExecution({
    namespace,
    execution: { workflowId },
  });
  const attempts = pendingWorkflowTask?.attempt ?? 0;
  if (attempts < STUCK_AFTER) return undefined;
  const why = await lastTaskFailure(context, workflowId);
  return { attempts, ...(why === undefined ? {} : { why }) };
}

/** Only the first failure of a task stands in the history; those after it are counted. */
async function lastTaskFailure(
  { temporal: client, namespace }: ClientContext,
  workflowId: string,
): Promise<string | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace,
    execution: { workflowId },
    maximumPageSize: EVENTS,
  });
  const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes);
  const { cause, failure } = failed?.workflowTaskFailedEventAttributes ?? {};
  if (cause === WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR)
    return "the worker's code does not fit its history";
  return failure?.encodedAttributes ? undefined : failure?.message?.split('\n')[0];
}
