import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import { checkNotOver } from './check-not-over';
import type { ClientContext } from './client-context';
import { explained } from './server-error';

/**
 * Asks a run to stop: calls that are under way are cut within a second and compensations still run. It returns once
 * the server has the request, not once the run is over; `result` waits for that. With encryption no reason is sent:
 * Temporal has no payload for it, so it would stand in the clear.
 * Throws RunNotFound, RunOver.
 */
export async function cancel(context: ClientContext, run: string, reason = ''): Promise<void> {
  await explained(
    context,
    async () => {
      await checkNotOver(context, run);
      // The SDK's own `cancel` sends no reason, and the reason is what the next reader of the history looks for.
      await context.temporal.workflowService.requestCancelWorkflowExecution(
        temporal.api.workflowservice.v1.RequestCancelWorkflowExecutionRequest.create({
          namespace: context.namespace,
          workflowExecution: { workflowId: run },
          requestId: randomUUID(),
          identity: context.temporal.options.identity,
          reason: context.keys === undefined ? reason.slice(0, 1000) : '',
        }),
      );
    },
    run,
  );
}
