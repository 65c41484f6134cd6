import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { failure } from '../contract/fail';
import type { Json } from '../contract/json';
import { EMIT_UPDATE, EVENT_SIGNAL } from '../contract/names';
import type { RaisedEvent } from '../contract/run/event';
import { nameSchema } from '../contract/team/name-schema';
import { BatonError } from './baton-error';
import { checkNotOver } from './check-not-over';
import type { ClientContext } from './client-context';
import { inputValue } from './input-value';
import { explained } from './server-error';
import { noWorker } from './task-queue';

/** An update is answered by a worker; without one it would wait for ever. */
const UPDATE_DEADLINE_MS = 10_000;

export interface EmitOptions {
  /** `update` answers whether a step of the run knows the event; `signal` only delivers it. @default 'update' */
  readonly via?: 'update' | 'signal';
}

/**
 * Raises an event in a run, for the steps of it and of its children that wait for it or begin to later. Throws
 * RunNotFound, RunOver, NoWorker, EventRefused where no step of the run waits for an event of that name.
 */
export async function emit(
  context: ClientContext,
  run: string,
  raised: { readonly event: string; readonly payload: Json; readonly options?: EmitOptions },
): Promise<void> {
  const { event, payload, options = {} } = raised;
  if (!nameSchema.safeParse(event).success)
    throw failure('InvalidInput', `"${event.slice(0, 80)}" is no name of an event.`);
  const value = await inputValue(payload, context.contentOf(run));
  await explained(context, () => deliver(context, run, { message: { event, value }, options }), run);
}

async function deliver(
  context: ClientContext,
  run: string,
  { message, options }: { readonly message: RaisedEvent; readonly options: EmitOptions },
): Promise<void> {
  await checkNotOver(context, run);
  const handle = context.temporal.workflow.getHandle(run);
  if (options.via === 'signal') return handle.signal(EVENT_SIGNAL, message);
  try {
    await context.connection.withDeadline(Date.now() + UPDATE_DEADLINE_MS, () =>
      handle.executeUpdate(EMIT_UPDATE, { args: [message] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new BatonError('EventRefused', error.cause?.message ?? error.message, { run, cause: error });
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw (await noWorker(context, run)) ?? error;
    throw error;
  }
}
