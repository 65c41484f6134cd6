import { condition } from '@temporalio/workflow';
import { type Amount, minus, most, NOTHING, plus } from '../../contract/cost/amount';
import type { StepPath } from '../../contract/team/step-path';
import { type Account, type Accounts, type Hold, leftOf } from './accounts';

/** Where an execution gets more from once its own grant is used up: its parent. */
export interface Supply {
  /** True while an answer is awaited. */
  readonly isAsked: boolean;
  /** The last answer: there was less than was asked for. */
  readonly wasDenied: boolean;
  /** Asks for that much at least; `grow` is told what comes. */
  ask(needed: Amount, wanted: Amount): void;
}

/** Asks a person whether to raise a budget that is spent. */
export type Raise = (account: Account, path: StepPath) => Promise<boolean>;

/** Where more comes from, to those that wait for it: from others that give back, from the parent, or from a person. */
export class Replenishment {
  private readonly waiting: object[] = [];
  private readonly raising = new Map<Account, Promise<boolean>>();
  private supply: Supply | undefined;
  private raise: Raise | undefined;

  constructor(private readonly accounts: Accounts) {}

  suppliedBy(supply: Supply): void {
    this.supply = supply;
  }

  raisedBy(raise: Raise): void {
    this.raise = raise;
  }

  /** Waits until that much is there: true; or until nothing more can come: false. */
  async come(path: StepPath, needed: Amount, at: StepPath | Hold = path): Promise<boolean> {
    const { accounts, supply } = this;
    let isDenied = false;
    const turn = {};
    this.waiting.push(turn);
    // Of several that wait for each other the last gives up first: what it gives back may be enough for the others.
    const isLast = (): boolean => this.waiting.at(-1) === turn;
    try {
      for (;;) {
        const short = accounts.shortOf(at, needed);
        if (short === undefined) return true;
        const asks = supply !== undefined && short === accounts.root && !isDenied;
        if (asks) this.askParent(needed);
        await condition(
          () =>
            accounts.shortOf(at, needed) !== short ||
            (asks ? !supply.isAsked : short.active === 0 && isLast()),
        );
        if (accounts.shortOf(at, needed) !== short) continue;
        if (asks) isDenied = supply.wasDenied;
        else if (!(await this.mayRaise(short, path))) return false;
      }
    } finally {
      this.waiting.splice(this.waiting.indexOf(turn), 1);
    }
  }

  /** A person is asked once for all that wait, and not again once they have said no. A child's is its parent's to ask for. */
  private mayRaise(account: Account, path: StepPath): Promise<boolean> | false {
    if (account.granted !== undefined || this.raise === undefined) return false;
    const asked = this.raising.get(account) ?? this.raised(account, path, this.raise);
    this.raising.set(account, asked);
    return asked;
  }

  private async raised(account: Account, path: StepPath, raise: Raise): Promise<boolean> {
    if (!(await raise(account, path))) return false;
    account.limit = plus(account.limit, account.base);
    this.raising.delete(account);
    return true;
  }

  private askParent(needed: Amount): void {
    const { root } = this.accounts;
    if (this.supply === undefined || this.supply.isAsked) return;
    const more = minus(needed, leftOf(root));
    // As much again each time, so that a long child asks a few times only.
    this.supply.ask(more, most(more, root.granted ?? NOTHING));
  }
}
