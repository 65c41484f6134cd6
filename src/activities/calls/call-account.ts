import { randomUUID } from 'node:crypto';
import type { ModelCallResult } from '../../contract/calls/model-call';
import { type Amount, NOTHING, plus } from '../../contract/cost/amount';
import { addUsage, inDoubt, spentBy, type Usage } from '../../contract/cost/usage';
import type { CallJournal, Lease } from '../../threads/store';
import type { UseAccount } from './grant-pool';

/** A request that is about to be sent, and the most that it may cost. */
export interface Sending {
  readonly id: string;
  readonly worst: Amount;
}

/**
 * Keeps what one call costs, over all models of its chain: confirmed by replies, or in doubt. Each request is noted in
 * the journal before it is sent, so that after a crash the next attempt knows what may have been paid for.
 */
export class CallAccount {
  private doubt: Amount;

  constructor(
    private readonly use: UseAccount,
    private readonly journal: CallJournal,
    private readonly lease: Lease,
  ) {
    this.doubt = (lease.unsettled as unknown as readonly Amount[]).reduce(plus, NOTHING);
    use.pool.spend(this.doubt);
    if (this.doubt.calls > 0) use.used = addUsage(use.used, inDoubt(this.doubt));
  }

  get pool() {
    return this.use.pool;
  }

  /** Before its worst case is held in the pool. */
  toSend(): Promise<void> {
    this.use.arrive();
    return this.pool.allFound();
  }

  /** Its worst case is held in the pool by now. */
  async sending(worst: Amount): Promise<Sending> {
    const sending = { id: randomUUID(), worst };
    await this.journal.sent(this.lease, sending.id, { ...worst });
    return sending;
  }

  /** A passed model's reply that the journal has. */
  found(reply: ModelCallResult): ModelCallResult {
    this.use.found(reply.usage);
    return reply;
  }

  replied({ worst }: Sending, usage: Usage): void {
    this.use.used = addUsage(this.use.used, usage);
    this.pool.settle(worst, spentBy(usage));
  }

  async costNothing({ id, worst }: Sending): Promise<void> {
    this.pool.settle(worst, NOTHING);
    await this.journal.unsent(this.lease, id);
  }

  lost({ worst }: Sending): void {
    this.doubt = plus(this.doubt, worst);
    this.use.used = addUsage(this.use.used, inDoubt(worst));
    this.pool.settle(worst, worst);
  }

  /** The usage of the call's result, with what is in doubt beside it. */
  withDoubt(usage: Usage): Usage {
    return this.doubt === NOTHING || this.doubt.calls === 0 ? usage : addUsage(usage, inDoubt(this.doubt));
  }
}
