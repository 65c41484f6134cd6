import type { Usage } from '../../src/contract/cost/usage';
import { journalLogs } from '../journal-logs';
import type { ChaosFacts } from './chaos-facts';

export interface Account {
  readonly calls: number;
  readonly tokens: number;
}

/** What the ledgers of a run and of what took it up say, beside what the provider answered to it in full. */
export interface Ledger {
  /** Absent: of calls that belong to no run of the test. */
  readonly run?: string;
  readonly confirmed: Account;
  readonly inDoubt: Account;
  readonly billed: Account;
}

export interface Billing extends Omit<Ledger, 'run'> {
  /** Of the calls and the tokens of each run: on how many its ledger and the provider disagree. */
  readonly ledgerMismatch: number;
}

const NOTHING: Account = { calls: 0, tokens: 0 };

/** The provider knows a call by its key; the journal, in the store, knows which execution made it. */
export function ledgersOf({ runs, calls, executions, storeFolder }: ChaosFacts): readonly Ledger[] {
  const logs = journalLogs(storeFolder);
  const billed = new Map<string | undefined, Account>();
  for (const { outcome, callKey = '', tokens = 0 } of calls) {
    if (outcome !== 'finished') continue;
    const [execution = ''] = logs.get(callKey)?.[0]?.activity.split('/') ?? [];
    const run = executions.get(execution);
    billed.set(run, sum([billed.get(run) ?? NOTHING, { calls: 1, tokens }]));
  }
  const told = runs.map(({ run, views }) => ({
    run,
    confirmed: sum(views.map(({ usage }) => confirmedIn(usage))),
    inDoubt: sum(views.map(({ usage }) => usage.doubt ?? NOTHING)),
    billed: billed.get(run) ?? NOTHING,
  }));
  return [...told, { confirmed: NOTHING, inDoubt: NOTHING, billed: billed.get(undefined) ?? NOTHING }];
}

export function sumOfLedgers(ledgers: readonly Ledger[]): Billing {
  return {
    ledgerMismatch: ledgers.reduce((total, each) => total + mismatches(each), 0),
    confirmed: sum(ledgers.map(({ confirmed }) => confirmed)),
    inDoubt: sum(ledgers.map(({ inDoubt }) => inDoubt)),
    billed: sum(ledgers.map(({ billed }) => billed)),
  };
}

export function mismatches({ confirmed, inDoubt, billed }: Ledger): number {
  return (['calls', 'tokens'] as const).filter(
    (each) => billed[each] < confirmed[each] || billed[each] > confirmed[each] + inDoubt[each],
  ).length;
}

function confirmedIn({ calls, inputTokens, outputTokens }: Usage): Account {
  return { calls, tokens: inputTokens + outputTokens };
}

function sum(accounts: readonly Account[]): Account {
  return accounts.reduce(
    (total, { calls, tokens }) => ({ calls: total.calls + calls, tokens: total.tokens + tokens }),
    NOTHING,
  );
}
