import {
  type Amount,
  fits,
  isNothing,
  least,
  minus,
  NOTHING,
  plus,
  type Spent,
} from '../../contract/cost/amount';
import type { StepPath } from '../../contract/team/step-path';

/** A limit, and what stands against it. Everything below its owner is counted in it. */
export interface Account {
  /** As a failure names it: `the run`, `the budget "research"`. */
  readonly name: string;
  /** What it began with, and what a raise adds. */
  readonly base: Amount;
  limit: Amount;
  /** Of a child's run: what its parent has granted up to now; the limit then only says what a share is of. */
  granted: Amount | undefined;
  /** Confirmed, and in doubt. */
  spent: Amount;
  /** Of that, in doubt. */
  doubt: Amount;
  /** By what is under way. */
  held: Amount;
  /** Holders that may still give something back. */
  active: number;
}

const NONE: ReadonlyMap<Account, string> = new Map();

/** An amount taken from accounts before a call, a packed agent or a child begins. */
export interface Hold {
  readonly accounts: readonly Account[];
  /** Budgets that steps below the holder share by name: what counts in them is less than what it spends, and told at its end. */
  readonly named: ReadonlyMap<Account, string>;
  amount: Amount;
  /** False while its holder waits for more itself: from it nothing comes back. */
  active: boolean;
}

export function newAccount(name: string, limit: Amount, granted?: Amount): Account {
  return { name, base: limit, limit, granted, spent: NOTHING, doubt: NOTHING, held: NOTHING, active: 0 };
}

export function leftOf({ limit, granted, spent, held }: Account): Amount {
  return minus(granted ?? limit, plus(spent, held));
}

export function charge(account: Account, spent: Spent): void {
  account.spent = plus(account.spent, spent);
  if (spent.doubt !== undefined) account.doubt = plus(account.doubt, spent.doubt);
}

/**
 * The accounts of one execution as a tree along the steps' paths. Pure: what is spent and held together never exceeds a
 * limit, as long as a holder settles no more than it holds.
 */
export class Accounts {
  private readonly byPath = new Map<StepPath, Account[]>();
  private readonly chains = new Map<StepPath, readonly Account[]>();

  private readonly alone: readonly Account[];

  constructor(readonly root: Account) {
    this.alone = [root];
  }

  /** From now on all that runs at the path and below it is counted in the account too. */
  attach(path: StepPath, account: Account): void {
    const here = this.byPath.get(path) ?? [];
    if (here.includes(account)) return;
    this.byPath.set(path, [...here, account]);
    this.chains.clear();
  }

  detach(path: StepPath): void {
    if (this.byPath.delete(path)) this.chains.clear();
  }

  at(path: StepPath): readonly Account[] {
    return this.byPath.get(path) ?? [];
  }

  /** Every account that a call at the path is counted in, the nearest first, each once. */
  chain(path: StepPath): readonly Account[] {
    if (this.byPath.size === 0) return this.alone;
    const known = this.chains.get(path);
    if (known !== undefined) return known;
    const found = new Set<Account>();
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
      for (const account of this.byPath.get(path.slice(0, end)) ?? []) found.add(account);
    const chain = [...found, this.root];
    this.chains.set(path, chain);
    return chain;
  }

  /** The run's own first. */
  all(): readonly Account[] {
    return [...new Set([this.root, ...[...this.byPath.values()].flat()])];
  }

  left(path: StepPath): Amount {
    return this.chain(path).map(leftOf).reduce(least);
  }

  /** Undefined where one of the accounts has not that much left. */
  hold(path: StepPath, amount: Amount, below: ReadonlyMap<Account, string> = NONE): Hold | undefined {
    const above = this.chain(path);
    const named = new Map([...below].filter(([account]) => !above.includes(account)));
    const accounts = named.size === 0 ? above : [...above, ...named.keys()];
    for (const account of accounts) if (!fits(amount, leftOf(account))) return undefined;
    for (const account of accounts) account.held = plus(account.held, amount);
    const hold = { accounts, named, amount, active: false };
    // From one that holds nothing, nothing comes back.
    this.setActive(hold, !isNothing(amount));
    return hold;
  }

  /** More for the same holder. False where there is not that much. */
  extend(hold: Hold, more: Amount): boolean {
    for (const account of hold.accounts) if (!fits(more, leftOf(account))) return false;
    for (const account of hold.accounts) account.held = plus(account.held, more);
    hold.amount = plus(hold.amount, more);
    this.setActive(hold, !isNothing(hold.amount));
    return true;
  }

  setActive(hold: Hold, active: boolean): void {
    if (hold.active === active) return;
    hold.active = active;
    for (const account of hold.accounts) account.active += active ? 1 : -1;
  }

  /** Of what it holds, so much is spent. */
  spend(hold: Hold, spent: Spent): void {
    for (const account of hold.accounts) {
      account.held = minus(account.held, least(spent, hold.amount));
      charge(account, spent);
    }
    hold.amount = minus(hold.amount, spent);
  }

  /** The holder has ended: what it has spent stays, the rest is free again. */
  settle(hold: Hold, spent: Spent, byName: Readonly<Record<string, Spent>> = {}): void {
    this.setActive(hold, false);
    for (const account of hold.accounts) {
      const name = hold.named.get(account);
      account.held = minus(account.held, hold.amount);
      charge(account, name === undefined ? spent : (byName[name] ?? spent));
    }
    hold.amount = NOTHING;
  }

  /** Of those that a holder counts in, or that a call at the path does, the nearest that has not that much left. */
  shortOf(at: StepPath | Hold, amount: Amount): Account | undefined {
    const accounts = typeof at === 'string' ? this.chain(at) : at.accounts;
    return accounts.find((account) => !fits(amount, leftOf(account)));
  }
}
