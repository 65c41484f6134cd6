import type { RunView } from '../../src/contract/run/view';
import { type ChaosFacts, type ChaosRun, endedAsItShould, firstOf, outcomeOf } from './chaos-facts';
import { judgeEffectsOf } from './judge-effects';
import { type Ledger, mismatches } from './judge-ledgers';

/** Tells where each promise was broken that the figures only count. */
export function sayFaults(facts: ChaosFacts, ledgers: readonly Ledger[], say: (line: string) => void): void {
  for (const run of facts.runs) {
    if (!endedAsItShould(run))
      say(`${nameOf(run)} ended as ${outcomeOf(run)} in place of ${run.of.ends}: ${whereItStands(run)}`);
    const { duplicateEffects, missingEffects } = judgeEffectsOf(run, facts.effects);
    const own = facts.effects.filter((effect) => firstOf(effect.run) === run.run);
    if (duplicateEffects + missingEffects > 0)
      say(`${nameOf(run)} has other effects: ${JSON.stringify(own)}`);
  }
  for (const each of ledgers.filter((one) => mismatches(one) > 0))
    say(`the provider says otherwise: ${JSON.stringify(each)}`);
}

function nameOf({ run, of }: ChaosRun): string {
  return `${run} (team ${of.team.name})`;
}

/** The steps that have not ended, and what failed the run. */
function whereItStands({ views }: ChaosRun): string {
  const view = views.at(-1);
  if (view === undefined) return 'it cannot be looked at';
  return [...open(view), view.failure?.message ?? ''].join(', ');
}

function open({ nodes }: RunView): readonly string[] {
  return nodes
    .filter(({ state }) => state === 'running' || state === 'waiting')
    .map(({ path, state }) => `${path} ${state}`);
}
