import { judgeRepeats } from '../bench/judge-repeats';
import { type ChaosFacts, endedAsItShould, outcomeOf } from './chaos-facts';
import { type EffectFigures, judgeEffects } from './judge-effects';
import { type Billing, type Ledger, sumOfLedgers } from './judge-ledgers';

export interface ChaosFigures extends Billing, EffectFigures {
  readonly runs: number;
  /** Runs by how they ended: `done`, `partial`, `cancelled`, or the type of their failure. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Runs that were cancelled and taken up. */
  readonly resumed: number;
  readonly lostRuns: number;
  /** Runs that ended otherwise than their team does, or cancelled where they were asked to and not taken up. */
  readonly wrongOutcomes: number;
  /** Calls made again although their reply stood in the journal. */
  readonly repeatedCalls: number;
  /** Calls made again because a worker died between the provider's last byte and the journal's write. */
  readonly inWindow: number;
  readonly lostApprovals: number;
}

export function judgeChaos(facts: ChaosFacts, ledgers: readonly Ledger[]): ChaosFigures {
  const { runs, calls, effects, storeFolder } = facts;
  const ended = runs.map((each) => outcomeOf(each));
  return {
    runs: runs.length,
    outcomes: counted(ended.filter((outcome) => outcome !== 'lost')),
    resumed: runs.filter(({ views }) => views.length > 1).length,
    lostRuns: ended.filter((outcome) => outcome === 'lost').length,
    wrongOutcomes: runs.filter((each, index) => ended[index] !== 'lost' && !endedAsItShould(each)).length,
    ...judgeRepeats(calls, storeFolder),
    ...judgeEffects(runs, effects),
    lostApprovals: lostApprovals(facts),
    ...sumOfLedgers(ledgers),
  };
}

/** A confirmed decision that its run does not have, and a question that was never answered by a person. */
function lostApprovals({ runs, decided }: ChaosFacts): number {
  const approvals = runs.flatMap(({ views }) => views.flatMap(({ approvals }) => approvals));
  const kept = new Set(approvals.filter(({ decision }) => decision?.by === 'ann').map(({ id }) => id));
  const forgotten = [...decided.keys()].filter((id) => !kept.has(id)).length;
  return forgotten + approvals.filter(({ decision }) => decision?.via === 'timeout').length;
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
