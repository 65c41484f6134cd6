import { PAUSE_SIGNAL } from '../contract/names';
import type { Pause } from '../contract/run/event';
import { checkNotOver } from './check-not-over';
import type { ClientContext } from './client-context';
import { explained } from './server-error';

export interface PauseOptions {
  /** Who pauses it, for those who find it paused. */
  readonly by?: string;
  readonly reason?: string;
}

/**
 * Holds a run: calls under way are finished, no new one starts, in its children neither. Time goes on: deadlines and
 * questions to people are not stopped, and a cancellation still undoes what is to be undone. It returns once the server
 * has it; no worker is needed. Throws RunNotFound, RunOver.
 */
export async function pause(context: ClientContext, run: string, options: PauseOptions = {}): Promise<void> {
  const { by, reason } = options;
  await send(context, run, {
    at: Date.now(),
    ...(by === undefined ? {} : { by: by.slice(0, 200) }),
    ...(reason === undefined ? {} : { reason: reason.slice(0, 1000) }),
  });
}

/** Lets a paused run go on where it was held. Throws RunNotFound, RunOver. */
export async function unpause(context: ClientContext, run: string): Promise<void> {
  await send(context, run, null);
}

async function send(context: ClientContext, run: string, mark: Pause | null): Promise<void> {
  await explained(
    context,
    async () => {
      await checkNotOver(context, run);
      await context.temporal.workflow.getHandle(run).signal(PAUSE_SIGNAL, mark);
    },
    run,
  );
}
