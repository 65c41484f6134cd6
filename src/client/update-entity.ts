import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { failureType, rootFailure } from '../contract/fail';
import type { FailureType } from '../contract/failure-types';
import { asBatonError, BatonError, type BatonErrorType } from './baton-error';
import type { ClientContext } from './client-context';
import { explained, grpcCode } from './server-error';
import { noWorker } from './task-queue';

/** A worker takes an update at once; without one it would wait for ever. */
const TAKEN_WITHIN_MS = 10_000;
/** How long an update is sent anew while the session switches: what it still answers may take its time. */
const PATIENCE_MS = 10 * 60_000;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Too many updates at once, an execution that ended with the update at its door, or one that had to begin its workflow
 * task anew because something else came in while it was ending (the server calls that a failed precondition).
 */
const SEND_AGAIN: readonly (number | undefined)[] = [8, 9, 10, 14];

export interface EntityUpdate {
  readonly name: string;
  /** What is sent with it. */
  readonly arg: unknown;
  /** The same for every try, so that it is taken once. */
  readonly id: string;
}

/** A workflow that goes on in new executions, and what it says of that. */
export interface Entity {
  readonly id: string;
  /** Failure with which it refuses an update that is to be sent again in a moment. */
  readonly switching: FailureType;
  /** Told where the workflow has ended. */
  readonly over: BatonErrorType;
}

/**
 * Sends an update to such a workflow until it is taken, under one id, and returns its result, however long that takes.
 * Throws what `over` names, RunNotFound, NoWorker, TemporalUnreachable, and whatever the update fails with.
 */
export async function updateEntity<Result>(
  context: ClientContext,
  entity: Entity,
  update: EntityUpdate,
): Promise<Result> {
  return explained(
    context,
    async () => {
      const until = Date.now() + PATIENCE_MS;
      for (let pause = 50; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        try {
          return await sent<Result>(context, entity.id, update);
        } catch (error) {
          const meant = await meaning(context, entity, error);
          if (meant !== 'again') throw meant;
          if (Date.now() > until) throw error;
        }
        await sleep(pause);
      }
    },
    entity.id,
  );
}

async function sent<Result>(context: ClientContext, id: string, update: EntityUpdate): Promise<Result> {
  const workflow = context.temporal.workflow.getHandle(id);
  const taken = await context.connection.withDeadline(Date.now() + TAKEN_WITHIN_MS, () =>
    workflow.startUpdate<Result, [unknown]>(update.name, {
      args: [update.arg],
      updateId: update.id,
      waitForStage: 'ACCEPTED',
    }),
  );
  return taken.result();
}

async function meaning(context: ClientContext, entity: Entity, error: unknown): Promise<unknown> {
  const { id, switching } = entity;
  if (error instanceof WorkflowUpdateFailedError) {
    if (failureType(error.cause) === switching) return 'again';
    const root = rootFailure(error.cause);
    const typed = asBatonError(root);
    if (typed !== undefined)
      return new BatonError(typed.type, typed.message, {
        run: id,
        cause: error,
        details: typed.details,
      });
    if (failureType(root) === 'Cancelled')
      return new BatonError('RunCancelled', 'The run that was to answer was cancelled.', {
        run: id,
        cause: error,
      });
    return new BatonError('RunFailed', root instanceof Error ? root.message : error.message, {
      run: id,
      cause: error,
    });
  }
  if (error instanceof WorkflowNotFoundError) return (await over(context, entity)) ?? error;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return (await noWorker(context, id)) ?? 'again';
  return SEND_AGAIN.includes(grpcCode(error)) ? 'again' : error;
}

/** Undefined where there never was such a workflow. */
async function over(context: ClientContext, { id, over }: Entity): Promise<BatonError | undefined> {
  try {
    await context.temporal.workflow.getHandle(id).describe();
    return new BatonError(over, `"${id}" is over.`, { run: id });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
