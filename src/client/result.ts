import { setTimeout as sleep } from 'node:timers/promises';
import { type WorkflowExecutionDescription, WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { rootFailure } from '../contract/fail';
import type { Json } from '../contract/json';
import type { RunResult } from '../contract/run/run';
import { resolveValue } from '../threads/resolve-value';
import { asBatonError, BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { explained } from './server-error';
import { stateOfStatus } from './view';

/** What a run came to, with its output read from the store. */
export interface FinishedRun extends Omit<RunResult, 'output'> {
  readonly run: string;
  readonly output: Json;
}

/** Between two looks at whether the run is over. */
const LOOK_EVERY_MS = 500;

/**
 * Waits for the end of a run. It never waits on Temporal's long poll alone, which now and then answers twenty seconds
 * late: it looks whether the run is closed, and only then asks for the result.
 * Throws a {@link BatonError} of the failure's type where the run failed, RunCancelled, RunTerminated, RunNotFound.
 */
export async function result(context: ClientContext, run: string): Promise<FinishedRun> {
  return explained(
    context,
    async () => {
      await closing(context, run);
      const { output, ...rest } = await resultOfClosed(context, run);
      return { run, output: await resolveValue(output, context.contentOf(run)), ...rest };
    },
    run,
  );
}

async function closing(context: ClientContext, run: string): Promise<WorkflowExecutionDescription> {
  const handle = context.temporal.workflow.getHandle(run);
  for (let pause = 50; ; pause = Math.min(pause * 2, LOOK_EVERY_MS)) {
    const description = await handle.describe();
    if (stateOfStatus(description.status.name) !== undefined) return description;
    await sleep(pause);
  }
}

async function resultOfClosed(context: ClientContext, run: string): Promise<RunResult> {
  try {
    return (await context.temporal.workflow.result(run)) as RunResult;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? failedRun(run, error) : error;
  }
}

/** Why a run failed, in the type and the words of what really went wrong, however deep it lay. */
export function failedRun(run: string, error: WorkflowFailedError): BatonError {
  const facts = { run, cause: error };
  if (error.cause instanceof CancelledFailure)
    return new BatonError('RunCancelled', `Run "${run}" was cancelled.`, facts);
  if (error.cause?.name === 'TerminatedFailure')
    return new BatonError('RunTerminated', `Run "${run}" was terminated: ${error.cause.message}.`, facts);
  const root = rootFailure(error.cause);
  const typed = asBatonError(root);
  if (typed !== undefined)
    return new BatonError(typed.type, typed.message, { ...facts, details: typed.details });
  return new BatonError('RunFailed', root instanceof Error ? root.message : error.message, facts);
}
