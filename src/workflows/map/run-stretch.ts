import { MAP_WINDOW } from '../../contract/limits';
import type { SplitList, Stretch, StretchResult } from '../../contract/run/map-run';
import type { MapStep } from '../../contract/team/step';
import { childPath, iterationPath } from '../../contract/team/step-path';
import { chore } from '../calls/chore';
import type { Run } from '../run/run';
import { runStretchAsChild } from '../run/run-as-child';
import { describeFailure } from '../steps/failing';
import { isSettled, sideBySide } from '../steps/fan-out';
import type { Place } from '../steps/place';
import { runItems } from './run-items';
import { nameFailures, REASONS } from './stretch-failures';

/**
 * Runs some consecutive items of a map: here, where one history holds them, else in children. Under `all` it throws the
 * first failure; under other joins failures are counted, and it ends as soon as enough have succeeded.
 */
export async function runStretch(run: Run, place: Place<MapStep>, stretch: Stretch): Promise<StretchResult> {
  const { list, over } = stretch;
  const { maxItems, window = MAP_WINDOW } = place.step;
  const split = await chore(run, `split · ${place.path}`, 'splitList', {
    list,
    maxItems,
    window,
    ...(over === undefined ? {} : { over }),
  });
  return 'items' in split
    ? runItems(run, place, { stretch, items: split.items })
    : runParts(run, place, { stretch, split });
}

interface Parted {
  readonly stretch: Stretch;
  readonly split: Exclude<SplitList, { items: unknown }>;
}

async function runParts(run: Run, place: Place<MapStep>, { stretch, split }: Parted): Promise<StretchResult> {
  const { step } = place;
  const { count, size, parts } = split;
  const each = Math.min(size, stretch.maxConcurrency);
  const done = new Map<string, StretchResult>();
  const sizeOf = (index: number): number => Math.min(size, count - index * size);
  const succeeded = (): number => [...done.values()].reduce((sum, part) => sum + part.succeeded, 0);
  const isStopped = (): boolean => [...done.values()].some((part) => part.stopped === true);
  const { failures } = await sideBySide(
    parts.map((list, index) => ({
      name: String(index),
      start: async () => {
        const path = iterationPath(childPath(stretch.path, step, 'window'), index);
        const from = stretch.from + index * size;
        done.set(
          String(index),
          await runStretchAsChild(run, place, { list, from, path, maxConcurrency: each }),
        );
      },
    })),
    // Items that have not begun are unknown here, so that only enough successes, or a failure under `all`, are certain.
    ({ failed }) =>
      isStopped() ||
      isSettled(step.join, { total: Number.POSITIVE_INFINITY, succeeded: succeeded(), failed }),
    Math.max(1, Math.floor(stretch.maxConcurrency / each)),
  );
  if (step.join === 'all' && !isStopped()) for (const error of failures.values()) throw error;
  const lost = [...failures].map(([name, error]) => ({ index: Number(name), error }));
  const inOrder = parts.flatMap((_, index) => done.get(String(index)) ?? []);
  return {
    total: count,
    succeeded: succeeded(),
    outputs: inOrder.flatMap((part) => part.outputs),
    failed: nameFailures(place, [
      ...inOrder.flatMap((part) => part.failed),
      ...lost.flatMap(({ index }) =>
        Array.from({ length: sizeOf(index) }, (_, nth) =>
          iterationPath(childPath(place.path, step, 'item'), stretch.from + index * size + nth),
        ),
      ),
    ]),
    reasons: [
      ...inOrder.flatMap((part) => part.reasons),
      ...lost.map(
        ({ index, error }) => `items from ${stretch.from + index * size}: ${describeFailure(error).type}`,
      ),
    ].slice(0, REASONS),
    ...(isStopped() ? { stopped: true } : {}),
    missing: inOrder.flatMap((part) => part.missing),
  };
}
