import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { explained } from './server-error';
import { noWorker } from './task-queue';

/** An update is answered by a worker; without one it would wait for ever. */
const UPDATE_DEADLINE_MS = 10_000;

/** Where a question waits. */
export interface AskedAt {
  readonly run: string;
  readonly workflow: string;
}

/** Sends somebody's word on a question. Throws DecisionRefused with the run's own words, NoWorker. */
export function updateApproval<T>(
  context: ClientContext,
  { run, workflow }: AskedAt,
  update: { readonly name: string; readonly word: object },
): Promise<T> {
  return explained(
    context,
    async () => {
      const handle = context.temporal.workflow.getHandle(workflow);
      try {
        return await context.connection.withDeadline(Date.now() + UPDATE_DEADLINE_MS, () =>
          handle.executeUpdate<T, [object]>(update.name, { args: [update.word] }),
        );
      } catch (error) {
        if (error instanceof WorkflowUpdateFailedError)
          throw new BatonError('DecisionRefused', error.cause?.message ?? error.message, {
            run,
            cause: error,
          });
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
          throw (await noWorker(context, workflow)) ?? error;
        throw error;
      }
    },
    run,
  );
}
