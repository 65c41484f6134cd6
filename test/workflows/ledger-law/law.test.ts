jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual('@temporalio/workflow'),
  ...jest.requireActual('./world').standIns,
}));

import fc from 'fast-check';
import { GrantPool } from '../../../src/activities/calls/grant-pool';
import { type Amount, fits, minus, NOTHING } from '../../../src/contract/cost/amount';
import { spentBy } from '../../../src/contract/cost/usage';
import { Accounts, leftOf } from '../../../src/workflows/safeguards/accounts';
import { playRun, type Tree } from './play-run';

const fraction = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
const call = fc.record({
  bytes: fc.integer({ min: 0, max: 2000 }),
  maxOutput: fc.integer({ min: 1, max: 1500 }),
  uses: fraction,
  ending: fc.constantFrom(
    'reply',
    'reply',
    'reply',
    'reply',
    'error',
    'cut',
    'killed',
    'cancelled',
    'silent',
  ),
} as const);
const work: fc.Arbitrary<Tree> = fc.record({
  kind: fc.constantFrom('stepwise', 'packed', 'batch'),
  calls: fc.array(call, { minLength: 1, maxLength: 4 }),
  estimate: fc.constantFrom(0.2, 0.5, 1, 1.5),
});
const tree = fc.letrec<{ tree: Tree; node: Tree }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3, withCrossShrink: true }, work, tie('node')),
  node: fc.record({
    kind: fc.constantFrom('inTurn', 'sideBySide', 'sideBySide'),
    parts: fc.array(tie('tree'), { minLength: 2, maxLength: 5, size: 'max' }),
    budget: fc.constantFrom(undefined, undefined, 0.3, 0.7, 'x', 'y'),
    portion: fc.constantFrom(undefined, undefined, undefined, 0.4),
    child: fc.constantFrom('no', 'no', 'yes', 'yes', 'killed', 'cancelled'),
  }),
})).node;
const limits = fc.record({
  calls: fc.integer({ min: 1, max: 60 }),
  tokens: fc.integer({ min: 1000, max: 100_000 }),
  microDollars: fc.integer({ min: 1000, max: 100_000 }),
});

const law = fc.asyncProperty(
  // Else most would be of one call, and have nothing to spend.
  fc.noBias(tree),
  fc.noBias(limits),
  fc.record({ x: limits, y: limits }),
  fc.infiniteStream(fc.nat()),
  async (root, limit, budgets, draws) => {
    const draw = (below: number): number => (draws.next().value ?? 0) % Math.max(1, below);
    const { ledger, charged } = await playRun(root, {
      limit,
      budgets,
      draw,
      check: (accounts, provider) => {
        for (const account of accounts.all()) {
          const { spent, held } = account;
          if (!fits(spent, account.limit)) throw new Error(`${account.name} is exceeded`);
          if (!fits(held, minus(account.granted ?? account.limit, spent)))
            throw new Error(`${account.name} holds more than it has`);
        }
        if (!fits(provider, limit)) throw new Error('the provider has charged more than there was');
      },
    });
    const total = ledger.book.total();
    const confirmed = minus(spentBy(total), total.doubt ?? NOTHING);
    // No more was charged than is confirmed or in doubt, and no less than is confirmed.
    expect(fits(charged, spentBy(total))).toBe(true);
    expect(fits(confirmed, charged)).toBe(true);
    for (const account of ledger.accounts.all()) {
      expect({ ...account.held, active: account.active }).toEqual({ ...NOTHING, active: 0 });
    }
    expect(leftOf(ledger.accounts.root)).toEqual(minus(limit, spentBy(total)));
  },
);

describe('the ledger of a run', () => {
  afterEach(() => jest.restoreAllMocks());

  test('law: 1,000 random trees with children, packed agents, batches and calls that are lost spend no more than there is', async () => {
    // Without shrinking, which takes minutes here: the seed that it prints is enough to find the tree again.
    await fc.assert(law, { numRuns: 1000, endOnFailure: true });
  }, 300_000);

  test.each([
    [
      'workers that do not mind their grant',
      () => jest.spyOn(GrantPool.prototype, 'hold').mockReturnValue(true),
    ],
    [
      'accounts that hold nothing',
      () =>
        jest.spyOn(Accounts.prototype, 'hold').mockImplementation(function held(
          this: Accounts,
          path,
          amount: Amount,
        ) {
          return { accounts: this.chain(path), named: new Map(), amount, active: false };
        }),
    ],
    [
      'lost calls that count nothing',
      () => jest.spyOn(Accounts.prototype, 'spend').mockImplementation(() => undefined),
    ],
  ])('the law is broken by %s', async (_what, breakIt) => {
    breakIt();
    const { failed, errorInstance } = await fc.check(law, { numRuns: 500, endOnFailure: true });
    expect(failed).toBe(true);
    // By what it says of the accounts, and not because the run came to no end.
    expect(String(errorInstance)).not.toContain('hangs');
  });
});
