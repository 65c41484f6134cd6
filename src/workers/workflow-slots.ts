import type {
  CustomSlotSupplier,
  SlotMarkUsedContext,
  SlotPermit,
  SlotReleaseContext,
  WorkflowSlotInfo,
} from '@temporalio/worker';
import { WORKFLOW_SLOTS } from '../contract/limits';

/** A workflow task that was in hand for less was quick; for more, its turn came late. Both lie well below its timeout of 2 s. */
const QUICK_MS = 500;
const LATE_MS = 1_000;

/**
 * How many workflow tasks a worker has in hand: as many as it gets done in time. All that are in hand share one thread, and
 * one that is done after its timeout was done for nothing: a worker that took whatever it was given would, once it is
 * slower than that, do nothing else. It begins with few, takes one more for each that was quick, and half as many once
 * tasks are late and none that came after them was quick; one that is slow by itself is late alone.
 */
export class WorkflowSlots implements CustomSlotSupplier<WorkflowSlotInfo> {
  readonly type = 'custom';
  /** The tasks in hand, and since when. */
  readonly #held = new Map<SlotPermit, number>();
  #waiting: (() => void)[] = [];
  #limit: number = WORKFLOW_SLOTS.least;
  #loweredAt = Number.NEGATIVE_INFINITY;
  /** When the last one was taken that was quick. */
  #quickSince = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get limit(): number {
    return this.#limit;
  }

  /** A poll that waits for a task holds nothing: of many polls none may keep the others from asking. */
  async reserveSlot(_: unknown, abort: AbortSignal): Promise<SlotPermit> {
    while (this.#held.size >= this.#limit) await this.#freed(abort);
    return {};
  }

  tryReserveSlot(): SlotPermit | null {
    return this.#held.size < this.#limit ? {} : null;
  }

  markSlotUsed({ permit }: Pick<SlotMarkUsedContext<WorkflowSlotInfo>, 'permit'>): void {
    this.#held.set(permit, this.now());
  }

  releaseSlot({ permit }: Pick<SlotReleaseContext<WorkflowSlotInfo>, 'permit'>): void {
    const since = this.#held.get(permit);
    if (since === undefined) return;
    this.#adapt(since);
    this.#held.delete(permit);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  #adapt(since: number): void {
    const now = this.now();
    const heldMs = now - since;
    if (heldMs < QUICK_MS) {
      this.#quickSince = Math.max(this.#quickSince, since);
      // Where half would do, being quick says nothing about more.
      if (this.#held.size > this.#limit / 2) this.#limit = Math.min(this.#limit + 1, WORKFLOW_SLOTS.most);
      return;
    }
    // Those that were in hand when it was lowered are late by what was before.
    if (heldMs < LATE_MS || since < this.#loweredAt || this.#quickSince > since + QUICK_MS) return;
    this.#limit = Math.max(Math.floor(this.#limit / 2), WORKFLOW_SLOTS.least);
    this.#loweredAt = now;
  }

  #freed(abort: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(abort.reason);
      abort.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(() => {
        abort.removeEventListener('abort', onAbort);
        resolve();
      });
      if (abort.aborted) onAbort();
    });
  }
}
