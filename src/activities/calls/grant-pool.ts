import { type Amount, fits, minus, NOTHING, plus } from '../../contract/cost/amount';
import type { Grant } from '../../contract/cost/grant';
import { addUsage, NO_USAGE, spentBy, type Usage } from '../../contract/cost/usage';

const ENDLESS: Grant = { calls: Infinity, tokens: Infinity, microDollars: Infinity };

/** The grant of one activity, which all calls in it share. What is spent and held together never exceeds it. */
export class GrantPool {
  private spent: Amount = NOTHING;
  private held: Amount = NOTHING;
  private waiting: (() => void)[] = [];
  private active = 0;

  /** `finding`: uses that may yet find replies in the journal, which count before anything new is sent. */
  constructor(
    private readonly grant: Grant = ENDLESS,
    private finding = 1,
  ) {}

  /** One of the uses has found all that the journal has of it. */
  arrive(): void {
    this.finding -= 1;
    this.wake();
  }

  /** Resolves once all have. */
  async allFound(): Promise<void> {
    while (this.finding > 0) await this.woken();
  }

  get isFinal(): boolean {
    return this.grant.final === true;
  }

  left(): Amount {
    return minus(this.grant, plus(this.spent, this.held));
  }

  /** What the whole activity would need, beside what it holds, so that one more call could be made. */
  neededFor(call: Amount): Amount {
    return plus(plus(this.spent, this.held), call);
  }

  hold(amount: Amount): boolean {
    if (!fits(amount, this.left())) return false;
    this.held = plus(this.held, amount);
    this.active += 1;
    return true;
  }

  /** Ends a hold; what was spent of it stays. */
  settle(held: Amount, spent: Amount): void {
    this.held = minus(this.held, held);
    this.active -= 1;
    this.spend(spent);
  }

  spend(spent: Amount): void {
    this.spent = plus(this.spent, spent);
    this.wake();
  }

  /** Once another call here has ended; undefined where none is under way. */
  freed(): Promise<void> | undefined {
    return this.active === 0 ? undefined : this.woken();
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** What one use of an agent has used of the pool, to be told where it fails. */
export class UseAccount {
  used: Usage = NO_USAGE;
  /** What stands in doubt in the journal, beside a reply. */
  private journaled: Amount = NOTHING;
  private hasArrived = false;

  constructor(readonly pool: GrantPool) {}

  /** It has a request to send, or has ended: what the journal has of it is counted by now. */
  arrive(): void {
    if (!this.hasArrived) this.pool.arrive();
    this.hasArrived = true;
  }

  /** What is in doubt and is not found again where the same calls are begun anew. */
  get lost(): Amount {
    return minus(this.used.doubt ?? NOTHING, this.journaled);
  }

  /** Counts a reply that was found: its cost is this run's, and the grant's. */
  found(usage: Usage): void {
    this.used = addUsage(this.used, usage);
    this.pool.spend(spentBy(usage));
    this.journal(usage);
  }

  /** The journal has a reply, with that usage. */
  journal({ doubt }: Usage): void {
    if (doubt !== undefined) this.journaled = plus(this.journaled, doubt);
  }
}
