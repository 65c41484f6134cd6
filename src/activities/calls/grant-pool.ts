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

  constructor(private readonly grant: Grant = ENDLESS) {}

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
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Once another call here has ended; undefined where none is under way. */
  freed(): Promise<void> | undefined {
    if (this.active === 0) return undefined;
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** What one use of an agent has used of the pool, to be told where it fails. */
export class UseAccount {
  used: Usage = NO_USAGE;

  constructor(readonly pool: GrantPool) {}

  /** Counts a reply that was found: its cost is this run's, and the grant's. */
  found(usage: Usage): void {
    this.used = addUsage(this.used, usage);
    this.pool.spend(spentBy(usage));
  }
}
