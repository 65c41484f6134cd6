import { type Amount, NOTHING, plus, times } from '../../../src/contract/cost/amount';
import type { StepPath } from '../../../src/contract/team/step-path';
import { type Budget, type RunLimits, runLimitsSchema } from '../../../src/contract/team/team';
import { withGrant } from '../../../src/workflows/calls/with-grant';
import type { Accounts } from '../../../src/workflows/safeguards/accounts';
import { ChildGrants, ParentSupply, tellUsed } from '../../../src/workflows/safeguards/child-grants';
import { Ledger } from '../../../src/workflows/safeguards/ledger';
import { type Call, isForgiven, Provider, worstOf } from './provider';
import { World } from './world';

/** A step: calls of one activity each or all in one, or parts, perhaps as a child with accounts of its own. */
export type Tree = Calls | Parts;

interface Calls {
  readonly kind: 'stepwise' | 'packed' | 'batch';
  readonly calls: readonly Call[];
  /** What the workflow thinks that a call takes at worst, as a part of what it does. */
  readonly estimate: number;
}

interface Parts {
  readonly kind: 'inTurn' | 'sideBySide';
  readonly parts: readonly Tree[];
  readonly budget: number | string | undefined;
  readonly portion: number | undefined;
  /** `killed`: it tells nothing of what it has used. */
  readonly child: 'no' | 'yes' | 'killed' | 'cancelled';
}

interface Execution {
  readonly id: string;
  readonly ledger: Ledger;
  readonly grants: ChildGrants;
  readonly top: StepPath;
}

interface Terms {
  readonly limit: Amount;
  readonly budgets: Readonly<Record<string, Amount>>;
  readonly draw: (below: number) => number;
  /** Called after each event for the accounts of every execution, with what the provider has charged. */
  readonly check: (accounts: Accounts, charged: Amount) => void;
}

/** Nothing here is cancelled between two tries, so that nobody looks at it. */
const ERRAND = {
  call: { site: { lineage: 'law', path: 'root', generation: 0 }, definition: '', thread: null, append: [] },
};

const SETTINGS = {
  heartbeatTimeoutMs: 2000,
  patienceMs: 60_000,
  searchAttributes: false,
  maxHistoryEvents: 2000,
};

/** Plays a run: the ledgers, grants and workers' accounts are Baton's own, the rest is `World` and `Provider`. */
export async function playRun(root: Tree, terms: Terms): Promise<{ ledger: Ledger; charged: Amount }> {
  const open = new Map<string, Execution>();
  const world: World = new World(terms.draw, () => {
    for (const { ledger } of open.values()) terms.check(ledger.accounts, provider.charged);
  });
  const provider = new Provider(world);
  const budgets = Object.fromEntries(
    Object.entries(terms.budgets).map(([name, each]) => [name, budgetOf(each)]),
  );

  const view = {
    drop({ signal }: { readonly signal: string }): void {
      throw new Error(`the signal "${signal}" was dropped`);
    },
  };
  const execution = (
    id: string,
    top: StepPath,
    given: { limits: RunLimits; granted?: Amount; parent?: string },
  ) =>
    world.open(id, () => {
      const ledger = new Ledger({ limits: given.limits, granted: given.granted, budgets });
      const grants = new ChildGrants(ledger, view);
      const { parent } = given;
      if (parent !== undefined)
        ledger.more.suppliedBy(new ParentSupply(parent, id, { grow: (more) => ledger.grow(more), view }));
      const opened: Execution = { id, ledger, grants, top };
      open.set(id, opened);
      return opened;
    });

  const play = async (at: Execution, node: Tree, path: StepPath): Promise<void> => {
    if (!('parts' in node)) return calls(at, node, path);
    const { ledger } = at;
    // The top of a child has its budgets in its parent's books.
    if (path !== at.top || at.id === 'run') {
      if (node.portion !== undefined) ledger.portion(path, node.portion);
      if (typeof node.budget === 'string') ledger.name(path, node.budget);
      if (typeof node.budget === 'number') ledger.share(path, node.budget);
    }
    if (node.child !== 'no' && path !== at.top) await asChild(at, node, path);
    else if (node.kind === 'inTurn')
      for (const [index, part] of node.parts.entries()) await play(at, part, `${path}/${index}`);
    else await Promise.all(node.parts.map((part, index) => play(at, part, `${path}/${index}`)));
    if (node.portion !== undefined) ledger.close(path);
  };

  const asChild = async (at: Execution, node: Parts, path: StepPath): Promise<void> => {
    const id = `run/${path}`;
    const names = namesIn(node);
    const granted = at.grants.open(id, path, names);
    const child = execution(id, path, { limits: at.ledger.left(path), granted, parent: at.id });
    await play(child, node, path);
    const { ledger } = child;
    if (node.child === 'cancelled') await tellUsed(at.id, id, ledger.book.total());
    const isTold = node.child === 'yes';
    open.delete(id);
    world.close(id);
    at.grants.close(id, isTold ? ledger.book.total() : undefined, isTold ? ledger.spentByName() : undefined);
  };

  const calls = async (
    { ledger }: Execution,
    { kind, calls: all, estimate }: Calls,
    path: StepPath,
  ): Promise<void> => {
    const need = (some: readonly Call[]) => ({
      full: some.map((call) => estimated(call, estimate)).reduce(plus, NOTHING),
      least: estimated({ ...(some[0] as Call), maxOutput: 1 }, 0.25),
    });
    const begin = async (some: readonly Call[], how: 'inTurn' | 'together'): Promise<void> => {
      try {
        const funded = { path, need: need(some), errand: ERRAND };
        await withGrant({ ledger, settings: SETTINGS }, funded, provider.activity(some, how));
      } catch (error) {
        if (!isForgiven(error)) throw error;
      }
    };
    if (kind === 'batch') return begin(all, 'together');
    if (kind === 'packed') return begin(all, 'inTurn');
    for (const call of all) await begin([call], 'inTurn');
  };

  const run = execution('run', 'root', { limits: limitsOf(terms.limit) });
  await world.play(play(run, root, 'root'));
  return { ledger: run.ledger, charged: provider.charged };
}

function estimated(call: Call, part: number): Amount {
  const worst = times(worstOf(call), part);
  return { calls: 1, tokens: Math.ceil(worst.tokens), microDollars: Math.ceil(worst.microDollars) };
}

function limitsOf({ calls, tokens, microDollars }: Amount): RunLimits {
  return runLimitsSchema.parse({ maxModelCalls: calls, maxTokens: tokens, maxMicroDollars: microDollars });
}

function budgetOf({ calls, tokens, microDollars }: Amount): Budget {
  return { maxModelCalls: calls, maxTokens: tokens, maxMicroDollars: microDollars };
}

function namesIn(node: Tree): readonly string[] {
  if (!('parts' in node)) return [];
  const below = node.parts.flatMap(namesIn);
  return [...new Set(typeof node.budget === 'string' ? [node.budget, ...below] : below)];
}
