import { judgeRepeats } from '../bench/judge-repeats';
import { type ChaosFacts, type ChaosRun, endedAsItShould, outcomeOf } from './chaos-facts';
import type { Effect } from './effect-service';
import { type Billing, ledgersOf, sumOfLedgers } from './judge-ledgers';

export interface ChaosFigures extends Billing {
  readonly runs: number;
  /** Runs by how they ended: `done`, `partial`, `cancelled`, or the type of their failure. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly lostRuns: number;
  /** Runs that ended otherwise than their team does, or cancelled where they were asked to. */
  readonly wrongOutcomes: number;
  /** Calls made again although their reply stood in the journal. */
  readonly repeatedCalls: number;
  /** Calls made again because a worker died between the provider's last byte and the journal's write. */
  readonly inWindow: number;
  /** Effects that were caused under two keys. */
  readonly duplicateEffects: number;
  /** Effects that a run which ended as it should must have caused, and has not: what a cancelled saga did and left too. */
  readonly missingEffects: number;
  readonly lostApprovals: number;
}

export function judgeChaos(facts: ChaosFacts): ChaosFigures {
  const { runs, calls, effects, storeFolder } = facts;
  const ended = runs.map((each) => outcomeOf(each));
  return {
    runs: runs.length,
    outcomes: counted(ended.filter((outcome) => outcome !== 'lost')),
    lostRuns: ended.filter((outcome) => outcome === 'lost').length,
    wrongOutcomes: runs.filter((each, index) => ended[index] !== 'lost' && !endedAsItShould(each)).length,
    ...judgeRepeats(calls, storeFolder),
    duplicateEffects:
      effects.length - new Set(effects.map(({ run, path, tool }) => `${run} ${path} ${tool}`)).size,
    missingEffects: runs.reduce((total, each) => total + missingEffects(each, effects), 0),
    lostApprovals: lostApprovals(facts),
    ...sumOfLedgers(ledgersOf(facts)),
  };
}

/** How many effects of a run are missing: see {@link ChaosFigures}. */
export function missingEffects(run: ChaosRun, effects: readonly Effect[]): number {
  const caused = (tool: string) =>
    effects.filter((effect) => effect.run === run.run && effect.tool === tool).length;
  const { ends, filed, unfiled, undoes } = run.of;
  const outcome = outcomeOf(run);
  if (outcome === 'cancelled') return undoes ? Math.max(0, caused('file') - caused('unfile')) : 0;
  if (outcome !== ends) return 0;
  return Math.max(0, filed - caused('file')) + Math.max(0, unfiled - caused('unfile'));
}

/** A confirmed decision that its run does not have, and a question that was never answered by a person. */
function lostApprovals({ runs, decided }: ChaosFacts): number {
  const approvals = runs.flatMap(({ view }) => view?.approvals ?? []);
  const kept = new Set(approvals.filter(({ decision }) => decision?.by === 'ann').map(({ id }) => id));
  const forgotten = [...decided.keys()].filter((id) => !kept.has(id)).length;
  return forgotten + approvals.filter(({ decision }) => decision?.via === 'timeout').length;
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
