import { condition } from '@temporalio/workflow';
import {
  type Amount,
  fits,
  isNothing,
  least,
  minus,
  plus,
  type Spent,
  shareOf,
  times,
} from '../../contract/cost/amount';
import { amountOfBudget } from '../../contract/cost/budgets';
import type { Spendable } from '../../contract/cost/grant';
import { inDoubt, spentWithDoubt, type Usage } from '../../contract/cost/usage';
import type { BudgetView } from '../../contract/run/view';
import type { StepPath } from '../../contract/team/step-path';
import type { Budget, RunLimits } from '../../contract/team/team';
import { type Account, Accounts, charge, type Hold, leftOf, newAccount } from './accounts';
import type { BudgetTimes } from './budget-times';
import { budgetView, spentFailure } from './budget-words';
import { Replenishment } from './replenishment';
import { UsageBook } from './usage-book';

/** What is to be held before something begins: its worst case, and the least that it can begin with at all. */
export interface Need {
  readonly full: Amount;
  readonly least: Amount;
}

/** Of an estimate: what it may be short by. */
const AMPLE = 3;

export interface LedgerTerms {
  readonly limits: RunLimits;
  /** Of a child: what its parent has granted to begin with. */
  readonly granted?: Amount | undefined;
  readonly carried?: Readonly<Record<StepPath, Usage>> | undefined;
  readonly budgets?: Readonly<Record<string, Budget>> | undefined;
  /** Of that, spent by the execution before this one. */
  readonly spentByName?: Readonly<Record<string, Spent>> | undefined;
  /** Absent where no budget has a time. */
  readonly times?: BudgetTimes | undefined;
}

/**
 * The account of one execution: what its steps and children have used, and what each may still use. What begins holds its worst case first; where that is not there, it waits for what others give back.
 */
export class Ledger {
  readonly accounts: Accounts;
  /** For the view and the bill. */
  readonly book: UsageBook;
  readonly more: Replenishment;
  private readonly byName = new Map<string, Account>();

  constructor(private readonly terms: LedgerTerms) {
    this.accounts = new Accounts(newAccount('the run', amountOf(terms.limits), terms.granted));
    this.book = new UsageBook(terms.carried);
    charge(this.accounts.root, spentWithDoubt(this.book.total()));
    for (const [name, spent] of Object.entries(terms.spentByName ?? {})) charge(this.named(name), spent);
    this.more = new Replenishment(this.accounts);
  }

  /** A parent has granted more, or only what it had. */
  grow(more: Amount): void {
    const { root } = this.accounts;
    if (root.granted !== undefined) root.granted = plus(root.granted, more);
  }

  /**
   * Holds what is needed at a path, at once where it is there: then no promise is made. Else waits until others have
   * given back, the parent has granted more, or a person has raised what is spent; then takes what there is. Throws
   * TokenLimitReached, CostLimitReached or ModelCallLimitReached where that is too little.
   */
  reserve(path: StepPath, need: Need): Hold | Promise<Hold> {
    const held = this.terms.times?.held(path);
    if (held !== undefined) return held.then(() => this.reserve(path, need));
    return (
      this.accounts.hold(path, this.ample(path, need.full)) ??
      this.accounts.hold(path, need.full) ??
      this.wait(path, need)
    );
  }

  /** The workflow's bound is an estimate, and a call that needs more is begun again: where much is left, more is held. */
  private ample(path: StepPath, full: Amount): Amount {
    const ample = { ...times(full, AMPLE), calls: full.calls };
    return fits(times(ample, 2), this.accounts.left(path)) ? ample : full;
  }

  /** More for a holder that needs so much in all. False where there is no more: it has got what there was. */
  async extend(path: StepPath, hold: Hold, needed: Amount): Promise<boolean> {
    const more = minus(needed, hold.amount);
    this.accounts.setActive(hold, false);
    try {
      // Another that waited may have been first.
      while (await this.more.come(path, more, hold)) if (this.accounts.extend(hold, more)) return true;
      this.accounts.extend(hold, least(more, hold.accounts.map(leftOf).reduce(least)));
      return false;
    } finally {
      this.accounts.setActive(hold, !isNothing(hold.amount));
    }
  }

  /** Holds all that runs at a path to limits of its own, which count beside those above it. */
  limit(path: StepPath, name: string, limits: RunLimits): void {
    if (this.accounts.at(path).length === 0) this.accounts.attach(path, newAccount(name, amountOf(limits)));
  }

  /** Holds all that runs at a path to a share of what the nearest budget above it allows. Tries of one step share it. */
  share(path: StepPath, share: number): void {
    const [above] = this.accounts.chain(path);
    if (above === undefined || this.accounts.at(path).length > 0) return;
    const name = `the budget of ${path} (${Math.round(share * 100)} % of that of ${above.name})`;
    this.accounts.attach(path, newAccount(name, shareOf(above.limit, share)));
  }

  /** Holds all that runs at a path to a part of what is left there now; holds that are under way may still give it back. */
  portion(path: StepPath, share: number): void {
    const left = this.accounts
      .chain(path)
      .map(({ limit, spent }) => minus(limit, spent))
      .reduce(least);
    const name = `the share of ${path} (${Math.round(share * 100)} % of what was left)`;
    this.accounts.attach(path, newAccount(name, shareOf(left, share)));
  }

  /** What runs at the path has ended: its own budgets are no longer shown. */
  close(path: StepPath): void {
    this.accounts.detach(path);
  }

  /** Holds all that runs at a path to a budget that others share by its name. */
  name(path: StepPath, name: string): void {
    this.accounts.attach(path, this.named(name));
  }

  /** The account of a budget, made when it is first named. */
  named(name: string): Account {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const limit = amountOfBudget(this.terms.budgets?.[name] ?? {}, amountOf(this.terms.limits));
    const account = newAccount(`the budget "${name}"`, limit);
    this.byName.set(name, account);
    return account;
  }

  /** What counts in budgets that steps share by name. */
  spentByName(): Readonly<Record<string, Spent>> {
    return Object.fromEntries(
      [...this.byName].map(([name, { spent, doubt }]) => [
        name,
        isNothing(doubt) ? spent : { ...spent, doubt },
      ]),
    );
  }

  /** What may have been spent of a hold by something that has not ended, and never will say so. */
  lose(path: StepPath, hold: Hold, doubt: Amount): void {
    this.accounts.spend(hold, { ...doubt, doubt });
    this.book.note(path, inDoubt(doubt));
  }

  /** The holder has ended. */
  settle(hold: Hold, spent: Spent, byName?: Readonly<Record<string, Spent>>): void {
    this.accounts.settle(hold, spent, byName);
  }

  /** What a child may use at most. What it may use at once is granted to it: see `child-grants`. */
  left(path: StepPath): RunLimits {
    const { calls, tokens, microDollars } = this.accounts
      .chain(path)
      .map(({ limit, spent }) => minus(limit, spent))
      .reduce(least);
    return {
      ...this.terms.limits,
      maxModelCalls: Math.max(1, calls),
      maxTokens: Math.max(1, tokens),
      maxMicroDollars: Math.max(1, microDollars),
    };
  }

  /** What may still be spent at the path before less than a share of any budget's tokens or money is left; below nothing once it is. */
  untilShare(path: StepPath, share: number): Spendable {
    const chain = this.accounts.chain(path);
    const of = (unit: keyof Spendable): number =>
      Math.min(...chain.map(({ limit, spent }) => limit[unit] * (1 - share) - spent[unit]));
    return { tokens: of('tokens'), microDollars: of('microDollars') };
  }

  /**
   * What is left to what runs at the path, where its next calls may use it up; undefined where there is plenty. In a child it
   * is what was left when it began, less what it has used itself: others may have used more since.
   */
  scarce(path: StepPath, call: Amount): Amount | undefined {
    const left = this.accounts
      .chain(path)
      .map(({ limit, spent }) => minus(limit, spent))
      .reduce(least);
    const plenty = { calls: 0, tokens: PLENTY * call.tokens, microDollars: PLENTY * call.microDollars };
    return fits(plenty, left) ? undefined : left;
  }

  budgets(): readonly BudgetView[] {
    const { times } = this.terms;
    const named = [...this.byName].map(([name, account]) => budgetView(account, times?.view(name)));
    const others = this.accounts.all().filter((account) => !this.isNamed(account));
    return [...others.map((account) => budgetView(account)), ...named];
  }

  private isNamed(account: Account): boolean {
    return [...this.byName.values()].includes(account);
  }

  private async wait(path: StepPath, need: Need): Promise<Hold> {
    const { accounts } = this;
    for (;;) {
      const isThere = await this.more.come(path, need.full);
      const hold = accounts.hold(path, need.full) ?? (isThere ? undefined : this.holdRest(path, need));
      if (hold !== undefined) return hold;
      // Another that waited was first.
      if (isThere) continue;
      const short = accounts.shortOf(path, need.least);
      if (short !== undefined && short.active === 0) throw spentFailure(short, need.least);
      const active = short?.active;
      await condition(() => {
        const still = accounts.shortOf(path, need.least);
        return still !== short || still?.active !== active;
      });
    }
  }

  private holdRest(path: StepPath, need: Need): Hold | undefined {
    const left = this.accounts.left(path);
    return fits(need.least, left) ? this.accounts.hold(path, least(need.full, left)) : undefined;
  }
}

/** Calls of which a budget must hold more to be called plenty. */
const PLENTY = 10;

export function amountOf({ maxModelCalls, maxTokens, maxMicroDollars }: RunLimits): Amount {
  return { calls: maxModelCalls, tokens: maxTokens, microDollars: maxMicroDollars };
}
