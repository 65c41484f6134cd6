import type { Json } from '../../contract/json';
import type { ItemOutput, Stretch, StretchResult } from '../../contract/run/map-run';
import type { MapStep } from '../../contract/team/step';
import { childPath, iterationPath } from '../../contract/team/step-path';
import { inline, type Value } from '../../contract/value';
import { gatherCalls } from '../calls/gather-calls';
import type { Run } from '../run/run';
import { describeFailure } from '../steps/failing';
import { isSettled, sideBySide } from '../steps/fan-out';
import { keepValue } from '../steps/keep-value';
import type { Place } from '../steps/place';
import { Stop } from '../steps/stop';
import { nameFailures, REASONS } from './stretch-failures';

interface Items {
  readonly stretch: Stretch;
  readonly items: readonly Value[];
}

/** Runs items in this history. */
export async function runItems(
  run: Run,
  place: Place<MapStep>,
  { stretch, items }: Items,
): Promise<StretchResult> {
  const { step, generation } = place;
  const { from, maxConcurrency } = stretch;
  const path = childPath(place.path, step, 'item');
  const gather = mayGather(step)
    ? gatherCalls(run, step.step, { most: step.callsPerActivity, allOrNone: failsWithItem(step) })
    : undefined;
  const gathering = gather === undefined ? run : run.gathering(gather);
  const pathOf = (index: number): string => iterationPath(path, from + index);
  // Of a part of the items nobody here can tell that the others may not still be enough.
  const total = stretch.over === undefined ? Number.POSITIVE_INFINITY : items.length;
  const stop = new Stop(run, step);
  const { results, failures } = await sideBySide(
    items.map((input, index) => ({
      name: String(index),
      start: () => stop.watch(gathering.runStep({ step: step.step, path: pathOf(index), input, generation })),
    })),
    (tally) => stop.isMet || isSettled(step.join, { total, ...tally }),
    maxConcurrency,
    // Not a moment later: after a local activity a replay may run what began later in between.
    gather?.flush,
  );
  if (step.join === 'all' && !stop.isMet) for (const error of failures.values()) throw error;
  const indices = items.map((_, index) => index);
  const failed = indices.filter((index) => failures.has(String(index)));
  const outputs = indices.flatMap((index): readonly ItemOutput[] => {
    const result = results.get(String(index));
    return result === undefined ? [] : [[from + index, result.output]];
  });
  return {
    total: items.length,
    succeeded: results.size,
    outputs: outputs.length === 0 ? [] : [await kept(run, stretch, outputs)],
    failed: nameFailures(place, failed.map(pathOf)),
    reasons: failed
      .slice(0, REASONS)
      .map((index) => `${from + index}: ${describeFailure(failures.get(String(index))).type}`),
    ...(stop.isMet ? { stopped: true } : {}),
    missing: indices.flatMap((index) => results.get(String(index))?.missing ?? []),
  };
}

/** An activity ends when the last of its calls does, which would be too late where one answer is enough. */
function mayGather({ step, join, callsPerActivity, stopWhen }: MapStep): boolean {
  const waitsForAll = join === 'all' || (typeof join === 'object' && 'bestEffort' in join);
  return callsPerActivity > 1 && waitsForAll && step.timeout === undefined && stopWhen === undefined;
}

/** Whether an item's failure is the map's, at once. */
function failsWithItem({ step, join }: MapStep): boolean {
  const isFinal = (step.retry?.attempts ?? 1) === 1 && (step.onFailure ?? 'fail') === 'fail';
  return join === 'all' && isFinal;
}

/** A child hands its outputs up by reference; where the whole list is at hand, they are merged from what is in history. */
async function kept(run: Run, stretch: Stretch, outputs: readonly ItemOutput[]): Promise<Value> {
  const list = inline(outputs as unknown as Json);
  return stretch.over === undefined ? keepValue(run, list) : list;
}
