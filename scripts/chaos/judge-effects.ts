import { type ChaosRun, firstOf, outcomeOf } from './chaos-facts';
import type { Effect } from './effect-service';

export interface EffectFigures {
  /** Effects that stand twice: done under two keys, and one of them not taken back. */
  readonly duplicateEffects: number;
  /** Effects that should stand at the end of their run and do not; and those of cancelled sagas that should not and do. */
  readonly missingEffects: number;
}

export function judgeEffects(runs: readonly ChaosRun[], effects: readonly Effect[]): EffectFigures {
  const each = runs.map((run) => judgeEffectsOf(run, effects));
  return {
    duplicateEffects: each.reduce((total, { duplicateEffects }) => total + duplicateEffects, 0),
    missingEffects: each.reduce((total, { missingEffects }) => total + missingEffects, 0),
  };
}

export function judgeEffectsOf(run: ChaosRun, effects: readonly Effect[]): EffectFigures {
  const stand = standing(effects.filter((effect) => firstOf(effect.run) === run.run));
  const places = new Set(stand.map(({ path, tool }) => `${path} ${tool}`)).size;
  return { duplicateEffects: stand.length - places, missingEffects: missing(run, places) };
}

function missing(run: ChaosRun, places: number): number {
  const { ends, stand, undoes } = run.of;
  const outcome = outcomeOf(run);
  if (outcome === 'cancelled') return undoes ? places : 0;
  return outcome === ends ? Math.abs(stand - places) : 0;
}

/** Those that nothing has taken back since: what comes about after it was taken back stands. */
function standing(effects: readonly Effect[]): readonly Effect[] {
  const stand = new Map<string, Effect>();
  for (const effect of effects)
    if (effect.undoes === undefined) stand.set(effect.key, effect);
    else stand.delete(effect.undoes);
  return [...stand.values()];
}
