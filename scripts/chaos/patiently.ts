import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '../../src/client/baton-error';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 250;

/** Asks again while the server is down or no worker answers, for a minute at most. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isOutage(error) || Date.now() > deadline) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

export function isOutage(error: unknown): boolean {
  return error instanceof BatonError && OUTAGES.has(error.type);
}

/** A server that has just come up refuses for a moment what it will know again. */
const OUTAGES: ReadonlySet<string> = new Set([
  'TemporalUnreachable',
  'NoWorker',
  'RunStuck',
  'ServerRefused',
]);
