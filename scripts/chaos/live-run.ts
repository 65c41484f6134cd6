import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '../../src/client/baton-error';
import type { BatonClient } from '../../src/client/connect';
import { isOver } from '../../src/client/merge-views';
import type { Json } from '../../src/contract/json';
import type { RunView } from '../../src/contract/run/view';
import { type ChaosRun, nameOfNext } from './chaos-facts';
import { CHAOS_INPUT } from './chaos-teams';
import { patiently } from './patiently';

/** A run that takes longer is lost. */
const LOST_AFTER_MS = 5 * 60_000;

/** Starts a run, cancels and resumes it where it is to be, and waits for its end; all through the outages. */
export async function liveRun(client: BatonClient, wanted: ChaosRun): Promise<void> {
  const { run, of, cancelAfterMs, isResumed } = wanted;
  await once('RunExists', () => client.start(of.team, CHAOS_INPUT as unknown as Json, { runId: run }));
  if (cancelAfterMs !== undefined) {
    await sleep(cancelAfterMs);
    await once('RunOver', () => client.cancel(run));
  }
  if ((await ended(client, run)) !== 'cancelled' || !isResumed) return;
  await once('RunExists', () => client.resume(run));
  await ended(client, nameOfNext(run));
}

/** How such a run and what took it up stand. */
export async function viewsOf(client: BatonClient, { run }: ChaosRun): Promise<readonly RunView[]> {
  const views: RunView[] = [];
  for (const each of [run, nameOfNext(run)]) {
    const view = await once('RunNotFound', () => client.view(each));
    if (view !== undefined) views.push(view);
  }
  return views;
}

/** A try whose answer was lost may have done it: the next is then told so. */
async function once<T>(told: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await patiently(ask);
  } catch (error) {
    if (error instanceof BatonError && error.type === told) return undefined;
    throw error;
  }
}

async function ended(client: BatonClient, run: string): Promise<RunView['state'] | undefined> {
  for (const deadline = Date.now() + LOST_AFTER_MS; Date.now() < deadline; await sleep(500)) {
    const { state } = await patiently(() => client.describe(run));
    if (isOver(state)) return state;
  }
  return undefined;
}
