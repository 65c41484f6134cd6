import { CancellationScope, condition } from '@temporalio/workflow';
import type { Pause } from '../../contract/run/event';

/**
 * Holds back every call that has not started while a run is paused; calls under way are finished, and time goes on. A
 * cancellation opens it, since compensations must run.
 */
export class Gate {
  private readonly root = CancellationScope.current();

  constructor(private pause: Pause | undefined) {}

  get paused(): Pause | undefined {
    return this.pause;
  }

  set(pause: Pause | undefined): void {
    this.pause = pause;
  }

  /** Undefined where nothing is held, so that a call in a run that is not paused costs no promise. */
  held(): Promise<void> | undefined {
    return this.isOpen() ? undefined : condition(() => this.isOpen());
  }

  private isOpen(): boolean {
    return this.pause === undefined || this.root.consideredCancelled;
  }
}
