import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '../../src/client/baton-error';
import type { BatonClient } from '../../src/client/connect';
import { isOutage } from './patiently';

const LOOK_EVERY_MS = 500;

/** Approves whatever waits, all through the outages, and keeps what it was told to have decided. */
export class Approver {
  /** Approvals by id whose decision the run has confirmed. */
  readonly decided = new Map<string, string>();
  #stopped = false;
  readonly #watching: Promise<void>;

  constructor(private readonly client: BatonClient) {
    this.#watching = this.#watch();
    // Told by `stop`: thrown at any other time it would end the test, and leave its servers behind.
    this.#watching.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#decideAll();
      } catch (error) {
        if (!isOutage(error)) throw error;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #decideAll(): Promise<void> {
    for (const { id, hash, run } of await this.client.approvals({ onSilent: () => undefined })) {
      try {
        await this.client.decide({ approval: id, hash, verdict: 'approve', by: 'ann' }, { run });
        this.decided.set(id, run);
      } catch (error) {
        if (isDecided(error)) this.decided.set(id, run);
        else if (!isPast(error)) throw error;
      }
    }
  }
}

/** By a try whose answer was lost. */
function isDecided(error: unknown): boolean {
  return isRefused(error) && /already.* by ann\./.test(error.message);
}

/** The run was cancelled meanwhile. */
function isPast(error: unknown): boolean {
  return isRefused(error) || (error instanceof BatonError && error.type === 'ApprovalNotFound');
}

function isRefused(error: unknown): error is BatonError {
  return error instanceof BatonError && error.type === 'DecisionRefused';
}
