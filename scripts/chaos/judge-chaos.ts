import type { Usage } from '../../src/contract/cost/usage';
import type { RunView } from '../../src/contract/run/view';
import type { CallRecord } from '../../src/testing/call-record';
import { judgeRepeats } from '../bench/judge-repeats';
import type { ChaosTeam } from './chaos-teams';
import type { Effect } from './effect-service';

/** A run of the test as it stood at the end; no view where it was lost. */
export interface ChaosRun {
  readonly run: string;
  readonly of: ChaosTeam;
  readonly view?: RunView;
}

export interface ChaosFacts {
  readonly runs: readonly ChaosRun[];
  readonly calls: readonly CallRecord[];
  readonly effects: readonly Effect[];
  /** Approvals whose decision was confirmed, with their run. */
  readonly decided: ReadonlyMap<string, string>;
  readonly storeFolder: string;
}

export interface ChaosFigures {
  readonly runs: number;
  /** Runs by how they ended: `done`, `partial`, `cancelled`, or the type of their failure. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly lostRuns: number;
  /** Runs that ended otherwise than their team does. */
  readonly wrongOutcomes: number;
  /** Calls made again although their reply stood in the journal. */
  readonly repeatedCalls: number;
  /** Calls made again because a worker died between the provider's last byte and the journal's write. */
  readonly inWindow: number;
  /** Effects that were caused under two keys. */
  readonly duplicateEffects: number;
  /** Effects that a run which ended as it should must have caused, and has not. */
  readonly missingEffects: number;
  readonly lostApprovals: number;
  /** Of calls and tokens: how many the ledgers and the provider disagree on. */
  readonly ledgerMismatch: number;
  readonly confirmed: Account;
  readonly inDoubt: Account;
  /** What the provider answered in full. */
  readonly billed: Account;
}

export interface Account {
  readonly calls: number;
  readonly tokens: number;
}

export function judgeChaos(facts: ChaosFacts): ChaosFigures {
  const { runs, calls, effects, storeFolder } = facts;
  const ended = runs.map((each) => outcomeOf(each));
  const usage = runs.flatMap(({ view }) => (view === undefined ? [] : [view.usage]));
  const [confirmed, inDoubt, billed] = [
    sum(usage.map(confirmedIn)),
    sum(usage.map(doubtIn)),
    billedIn(calls),
  ];
  const outside = (each: keyof Account): boolean =>
    billed[each] < confirmed[each] || billed[each] > confirmed[each] + inDoubt[each];
  return {
    runs: runs.length,
    outcomes: counted(ended.filter((outcome) => outcome !== 'lost')),
    lostRuns: ended.filter((outcome) => outcome === 'lost').length,
    wrongOutcomes: runs.filter(({ of }, index) => ended[index] !== 'lost' && ended[index] !== of.ends).length,
    ...judgeRepeats(calls, storeFolder),
    duplicateEffects:
      effects.length - new Set(effects.map(({ run, path, tool }) => `${run} ${path} ${tool}`)).size,
    missingEffects: missingEffects(runs, effects),
    lostApprovals: lostApprovals(facts),
    ledgerMismatch: (['calls', 'tokens'] as const).filter(outside).length,
    confirmed,
    inDoubt,
    billed,
  };
}

/** `lost`, or how the run ended: its state, or the type of its failure. */
export function outcomeOf({ view }: ChaosRun): string {
  if (view === undefined || view.state === 'running' || view.state === 'waiting') return 'lost';
  return view.state === 'failed' ? (view.failure?.type ?? 'failed') : view.state;
}

function missingEffects(runs: readonly ChaosRun[], effects: readonly Effect[]): number {
  const missing = runs.map((each) => {
    if (outcomeOf(each) !== each.of.ends) return 0;
    const caused = (tool: string) =>
      effects.filter((effect) => effect.run === each.run && effect.tool === tool).length;
    return Math.max(0, each.of.filed - caused('file')) + Math.max(0, each.of.unfiled - caused('unfile'));
  });
  return missing.reduce((total, each) => total + each, 0);
}

/** A confirmed decision that its run does not have, and a question that was never answered by a person. */
function lostApprovals({ runs, decided }: ChaosFacts): number {
  const approvals = runs.flatMap(({ view }) => view?.approvals ?? []);
  const kept = new Set(approvals.filter(({ decision }) => decision?.by === 'ann').map(({ id }) => id));
  const forgotten = [...decided.keys()].filter((id) => !kept.has(id)).length;
  return forgotten + approvals.filter(({ decision }) => decision?.via === 'timeout').length;
}

function billedIn(calls: readonly CallRecord[]): Account {
  const finished = calls.filter(({ outcome }) => outcome === 'finished');
  return sum(finished.map(({ tokens = 0 }) => ({ calls: 1, tokens })));
}

function confirmedIn({ calls, inputTokens, outputTokens }: Usage): Account {
  return { calls, tokens: inputTokens + outputTokens };
}

function doubtIn({ doubt }: Usage & { readonly doubt?: Account }): Account {
  return doubt ?? { calls: 0, tokens: 0 };
}

function sum(accounts: readonly Account[]): Account {
  return accounts.reduce(
    (total, { calls, tokens }) => ({ calls: total.calls + calls, tokens: total.tokens + tokens }),
    { calls: 0, tokens: 0 },
  );
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
