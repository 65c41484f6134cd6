import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { type Amount, fits, minus, NOTHING, plus, type Spent, times } from '../../contract/cost/amount';
import type { AskedGrant, GivenGrant } from '../../contract/cost/grant';
import { inDoubt, spentWithDoubt, type Usage } from '../../contract/cost/usage';
import type { StepPath } from '../../contract/team/step-path';
import { askGrantSignal, grantSignal, usedSignal } from '../messages';
import type { Hold } from './accounts';
import { type DropBook, hearSignal } from './hear-signal';
import type { Ledger } from './ledger';
import type { Supply } from './replenishment';
import { isAskedGrant, isGivenGrant, isUsedByChild } from './signal-shapes';

/**
 * What a child is granted when it starts; it asks for as much again. Where four of that are not left, it is granted each
 * time only what its next call may take: what one child holds unused, the others would lack.
 */
const FIRST_GRANT: Amount = { calls: 25, tokens: 250_000, microDollars: 500_000 };
const PLENTY = 4;

interface Child {
  readonly path: StepPath;
  readonly hold: Hold;
  /** Told by a child that was cancelled, which has no result to tell it with. */
  used?: Usage;
}

/** The parent's side: children hold a grant each, are granted more when they ask, and give back the rest as they end. */
export class ChildGrants {
  private readonly children = new Map<string, Child>();

  constructor(
    private readonly ledger: Ledger,
    view: DropBook,
  ) {
    hearSignal({ signal: askGrantSignal, isRight: isAskedGrant, view }, (asked) => this.grantMore(asked));
    hearSignal({ signal: usedSignal, isRight: isUsedByChild, view }, ({ from, usage }) => {
      const child = this.children.get(from);
      if (child !== undefined) child.used = usage;
    });
  }

  /** What the child may use at once. Nothing is no hindrance: it asks when it needs something. */
  open(workflow: string, path: StepPath, names: readonly string[]): Amount {
    const { accounts } = this.ledger;
    const named = new Map(names.map((name) => [this.ledger.named(name), name]));
    const isPlenty = named.size === 0 && this.isPlenty(path, FIRST_GRANT);
    const hold = accounts.hold(path, isPlenty ? FIRST_GRANT : NOTHING, named);
    if (hold === undefined) throw new TypeError('a part of what is left is not there');
    this.children.set(workflow, { path, hold });
    return hold.amount;
  }

  private isPlenty(path: StepPath, amount: Amount): boolean {
    return fits(times(amount, PLENTY), this.ledger.accounts.left(path));
  }

  /** The child has ended: with what it says it has used, else with all that it held in doubt. */
  close(workflow: string, told: Usage | undefined, byName?: Readonly<Record<string, Spent>>): void {
    const child = this.children.get(workflow);
    if (child === undefined) return;
    this.children.delete(workflow);
    const usage = told ?? child.used ?? inDoubt(child.hold.amount);
    this.ledger.settle(child.hold, spentWithDoubt(usage), byName);
    this.ledger.book.note(child.path, usage);
  }

  private async grantMore({ from, needed, wanted }: AskedGrant): Promise<void> {
    const child = this.children.get(from);
    if (child === undefined) return;
    const { hold, path } = child;
    const before = hold.amount;
    const isEnough =
      (this.isPlenty(path, wanted) && this.ledger.accounts.extend(hold, wanted)) ||
      (await this.ledger.extend(path, hold, plus(before, needed)));
    // It has ended while it waited.
    if (!this.children.has(from)) return this.ledger.settle(hold, NOTHING);
    const grant: GivenGrant = { amount: minus(hold.amount, before), isAll: !isEnough };
    await getExternalWorkflowHandle(from)
      .signal(grantSignal, grant)
      .catch(() => undefined);
  }
}

/** The child's side. */
export class ParentSupply implements Supply {
  isAsked = false;
  wasDenied = false;

  constructor(
    private readonly parent: string,
    private readonly workflow: string,
    { grow, view }: { readonly grow: (more: Amount) => void; readonly view: DropBook },
  ) {
    hearSignal({ signal: grantSignal, isRight: isGivenGrant, view }, ({ amount, isAll }) => {
      this.isAsked = false;
      this.wasDenied = isAll;
      grow(amount);
    });
  }

  ask(needed: Amount, wanted: Amount): void {
    this.isAsked = true;
    getExternalWorkflowHandle(this.parent)
      .signal(askGrantSignal, { from: this.workflow, needed, wanted })
      .catch(() => {
        // A parent that is gone grants nothing.
        this.isAsked = false;
        this.wasDenied = true;
      });
  }
}

/** Tells the parent what a cancelled child has used. */
export async function tellUsed(parent: string, workflow: string, usage: Usage): Promise<void> {
  await getExternalWorkflowHandle(parent)
    .signal(usedSignal, { from: workflow, usage })
    .catch(() => undefined);
}
