import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { explained, isClosed } from './server-error';
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
  asked: AskedAt,
  update: { readonly name: string; readonly word: object },
): Promise<T> {
  return toldTo(context, asked, async () => {
    const handle = context.temporal.workflow.getHandle(asked.workflow);
    try {
      return await context.connection.withDeadline(Date.now() + UPDATE_DEADLINE_MS, () =>
        handle.executeUpdate<T, [object]>(update.name, { args: [update.word] }),
      );
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError)
        throw new BatonError('DecisionRefused', error.cause?.message ?? error.message, {
          run: asked.run,
          cause: error,
        });
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
        throw (await noWorker(context, asked.workflow)) ?? error;
      throw error;
    }
  });
}

/** Only delivers it. Throws DecisionRefused where what asked has ended. */
export function signalApproval(
  context: ClientContext,
  asked: AskedAt,
  signal: { readonly name: string; readonly word: object },
): Promise<void> {
  return toldTo(context, asked, () =>
    context.temporal.workflow.getHandle(asked.workflow).signal(signal.name, signal.word),
  );
}

function toldTo<T>(context: ClientContext, { run }: AskedAt, tell: () => Promise<T>): Promise<T> {
  return explained(
    context,
    async () => {
      try {
        return await tell();
      } catch (error) {
        // A child may end and its run go on.
        if (!isClosed(error)) throw error;
        throw new BatonError('DecisionRefused', 'Nobody waits for it any more: what asked has ended.', {
          run,
          cause: error,
        });
      }
    },
    run,
  );
}
