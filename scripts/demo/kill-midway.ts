import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '../../src/contract/run/view';
import type { DemoWorker } from './demo-worker';
import type { OfflineModel } from './offline-model';

export interface KillFacts {
  readonly answered: number;
  readonly inFlight: number;
}

export interface KillTarget {
  readonly model: OfflineModel;
  readonly worker: DemoWorker;
  /** The run as it was seen last. */
  readonly seen: () => RunView | undefined;
}

const LOOK_EVERY_MS = 20;

/**
 * Kills the worker once some of its calls are answered, and known to the run as answered, while the model still holds
 * others back. Undefined where the signal came first.
 */
export async function killMidway(
  { model, worker, seen }: KillTarget,
  signal: AbortSignal,
): Promise<KillFacts | undefined> {
  while (!signal.aborted) {
    const facts = midway(model, seen());
    if (facts !== undefined) {
      worker.kill();
      await worker.gone;
      model.release();
      return facts;
    }
    await sleep(LOOK_EVERY_MS);
  }
  model.release();
  return undefined;
}

function midway(model: OfflineModel, view: RunView | undefined): KillFacts | undefined {
  const calls = model.server.calls();
  const answered = calls.filter(({ outcome }) => outcome === 'finished').length;
  const running = calls.flatMap(({ outcome }, index) => (outcome === 'running' ? [index] : []));
  const known = view?.nodes.filter(({ kind, state }) => kind === 'agent' && state === 'done').length ?? 0;
  const settled = answered > 0 && known === answered && running.every(model.holds);
  return settled && running.length > 0 ? { answered, inFlight: running.length } : undefined;
}
