import fc from 'fast-check';
import { type Amount, fits, least, minus, plus } from '../../src/contract/cost/amount';
import { type Account, Accounts, type Hold, newAccount } from '../../src/workflows/safeguards/accounts';

const amount = (max: number): fc.Arbitrary<Amount> =>
  fc.record({
    calls: fc.integer({ min: 0, max: 20 }),
    tokens: fc.integer({ min: 0, max }),
    microDollars: fc.integer({ min: 0, max }),
  });

/** A tree of steps: each with a share, a name that others have too, or neither. */
interface Tree {
  readonly own: 'none' | 'limit' | 'shared';
  readonly limit: Amount;
  readonly children: readonly Tree[];
}

function trees(depth: number): fc.Arbitrary<Tree> {
  return fc.record({
    own: fc.constantFrom('none', 'limit', 'shared'),
    limit: amount(5000),
    children: depth === 0 ? fc.constant([]) : fc.array(trees(depth - 1), { maxLength: 3 }),
  });
}

/** What may happen next: something begins at a leaf, needs more, spends a part of what it holds, or ends. */
interface Move {
  readonly kind: 'begin' | 'extend' | 'spend' | 'end';
  readonly where: number;
  readonly amount: Amount;
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom('begin', 'begin', 'extend', 'spend', 'end'),
  where: fc.nat(),
  amount: amount(1500),
});

function planted(root: Account, top: Tree): { accounts: Accounts; paths: string[] } {
  const accounts = new Accounts(root);
  const shared = newAccount('shared', { calls: 15, tokens: 3000, microDollars: 3000 });
  const paths: string[] = [];
  const plant = (here: Tree, path: string): void => {
    if (here.own === 'limit') accounts.attach(path, newAccount(path, here.limit));
    if (here.own === 'shared') accounts.attach(path, shared);
    paths.push(path);
    for (const [index, child] of here.children.entries()) plant(child, `${path}/${index}`);
  };
  plant(top, 'root');
  return { accounts, paths };
}

function intact(accounts: Accounts): void {
  for (const account of accounts.all()) {
    const taken = plus(account.spent, account.held);
    expect(fits(taken, account.granted ?? account.limit)).toBe(true);
    expect(account.active).toBeGreaterThanOrEqual(0);
  }
}

describe('accounts', () => {
  test('law: whatever begins, needs more and ends in whatever order, no budget is ever exceeded', () => {
    fc.assert(
      fc.property(trees(3), amount(8000), fc.array(move, { maxLength: 60 }), (top, limit, moves) => {
        const { accounts, paths } = planted(newAccount('the run', limit), top);
        const held: Hold[] = [];
        for (const { kind, where, amount: wanted } of moves) {
          const hold = held[where % Math.max(1, held.length)];
          if (kind === 'begin') {
            const begun = accounts.hold(paths[where % paths.length] ?? 'root', wanted);
            if (begun !== undefined) held.push(begun);
          } else if (hold !== undefined) {
            if (kind === 'extend') accounts.extend(hold, wanted);
            if (kind === 'spend') accounts.spend(hold, least(hold.amount, wanted));
            if (kind === 'end') {
              accounts.settle(hold, least(hold.amount, wanted));
              held.splice(held.indexOf(hold), 1);
            }
          }
          intact(accounts);
        }
        // All that is not spent has flowed back.
        for (const hold of held) accounts.settle(hold, { calls: 0, tokens: 0, microDollars: 0 });
        for (const { held: still, active } of accounts.all())
          expect({ ...still, active }).toEqual({ calls: 0, tokens: 0, microDollars: 0, active: 0 });
      }),
      { numRuns: 1000 },
    );
  });

  test('law: children that hold grants of their parent, at any depth, spend no more than the run has', () => {
    const nested = fc.array(
      fc.record({ grant: amount(3000), calls: fc.array(amount(900), { maxLength: 6 }) }),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(amount(8000), nested, nested, (limit, outer, inner) => {
        const run = newAccount('the run', limit);
        const parent = new Accounts(run);
        const spend = (
          above: Accounts,
          { grant, calls }: { grant: Amount; calls: readonly Amount[] },
          next: typeof inner,
        ): void => {
          const hold = above.hold('root', least(grant, above.left('root')));
          if (hold === undefined) throw new Error('what is left can be held');
          const child = newAccount('the run', limit, hold.amount);
          const own = new Accounts(child);
          for (const call of calls) {
            let begun = own.hold('root', call);
            if (begun === undefined && above.extend(hold, call)) {
              child.granted = plus(child.granted ?? call, call);
              begun = own.hold('root', call);
            }
            if (begun !== undefined) own.settle(begun, call);
          }
          for (const [index, each] of next.entries()) spend(own, each, next.slice(index + 1));
          expect(fits(child.spent, hold.amount)).toBe(true);
          above.settle(hold, child.spent);
        };
        for (const each of outer) spend(parent, each, inner);
        expect(fits(run.spent, limit)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('a budget shared by name counts once on a path, and everywhere that it is named', () => {
    const accounts = new Accounts(newAccount('the run', { calls: 10, tokens: 100, microDollars: 100 }));
    const shared = newAccount('research', { calls: 10, tokens: 50, microDollars: 100 });
    accounts.attach('root/a', shared);
    accounts.attach('root/a/b', shared);
    accounts.attach('root/c', shared);
    const first = accounts.hold('root/a/b', { calls: 1, tokens: 30, microDollars: 1 });
    expect(accounts.left('root/c').tokens).toBe(20);
    expect(accounts.left('root').tokens).toBe(70);
    if (first === undefined) throw new Error('it fits');
    accounts.settle(first, minus(first.amount, { calls: 0, tokens: 25, microDollars: 0 }));
    expect(accounts.left('root/c').tokens).toBe(45);
    expect(accounts.shortOf('root/c', { calls: 1, tokens: 46, microDollars: 0 })).toBe(shared);
  });
});
