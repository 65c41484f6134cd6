import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { stateOfStatus } from './view';

/** Throws RunOver where the run's workflow is closed, and the server's own error where there is none. */
export async function checkNotOver({ temporal }: ClientContext, run: string): Promise<void> {
  const { status } = await temporal.workflow.getHandle(run).describe();
  const state = stateOfStatus(status.name);
  if (state !== undefined)
    throw new BatonError('RunOver', `Run "${run}" is over already: ${state}.`, { run });
}
