import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { failureType, rootFailure } from '../contract/fail';
import type { SESSION_UPDATES } from '../contract/names';
import { asBatonError, BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { explained, grpcCode } from './server-error';
import { noWorker } from './task-queue';

/** A worker takes an update at once; without one it would wait for ever. */
const TAKEN_WITHIN_MS = 10_000;
/** How long an update is sent anew while the session switches: what it still answers may take its time. */
const PATIENCE_MS = 10 * 60_000;
const LONGEST_PAUSE_MS = 1_000;

/** Too many updates at once, or an execution that ended with the update at its door. */
const SEND_AGAIN: readonly (number | undefined)[] = [8, 10, 14];

export interface SessionUpdate {
  readonly name: keyof typeof SESSION_UPDATES;
  /** What is sent with it. */
  readonly arg: unknown;
  /** The same for every try, so that the session takes it once. */
  readonly id: string;
}

/**
 * Sends an update to a session until it is taken, under one id, and returns its result, however long that takes. Throws
 * SessionOver, SessionRefused, RunNotFound, NoWorker, TemporalUnreachable, and whatever the update fails with.
 */
export async function updateSession<Result>(
  context: ClientContext,
  session: string,
  update: SessionUpdate,
): Promise<Result> {
  return explained(
    context,
    async () => {
      const until = Date.now() + PATIENCE_MS;
      for (let pause = 50; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        try {
          return await sent<Result>(context, session, update);
        } catch (error) {
          const meant = await meaning(context, session, error);
          if (meant !== 'again') throw meant;
          if (Date.now() > until) throw error;
        }
        await sleep(pause);
      }
    },
    session,
  );
}

async function sent<Result>(context: ClientContext, session: string, update: SessionUpdate): Promise<Result> {
  const workflow = context.temporal.workflow.getHandle(session);
  const taken = await context.connection.withDeadline(Date.now() + TAKEN_WITHIN_MS, () =>
    workflow.startUpdate<Result, [unknown]>(update.name, {
      args: [update.arg],
      updateId: update.id,
      waitForStage: 'ACCEPTED',
    }),
  );
  return taken.result();
}

async function meaning(context: ClientContext, session: string, error: unknown): Promise<unknown> {
  if (error instanceof WorkflowUpdateFailedError) {
    if (failureType(error.cause) === 'SessionSwitching') return 'again';
    const root = rootFailure(error.cause);
    const typed = asBatonError(root);
    if (typed !== undefined)
      return new BatonError(typed.type, typed.message, {
        run: session,
        cause: error,
        details: typed.details,
      });
    if (failureType(root) === 'Cancelled')
      return new BatonError('RunCancelled', 'The run that was to answer was cancelled.', {
        run: session,
        cause: error,
      });
    return new BatonError('RunFailed', root instanceof Error ? root.message : error.message, {
      run: session,
      cause: error,
    });
  }
  if (error instanceof WorkflowNotFoundError) return (await over(context, session)) ?? error;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return (await noWorker(context, session)) ?? 'again';
  return SEND_AGAIN.includes(grpcCode(error)) ? 'again' : error;
}

/** Undefined where there never was such a session. */
async function over(context: ClientContext, session: string): Promise<BatonError | undefined> {
  try {
    await context.temporal.workflow.getHandle(session).describe();
    return new BatonError('SessionOver', `The session "${session}" is over.`, { run: session });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
