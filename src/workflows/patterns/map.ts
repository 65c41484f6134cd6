import { CancelledFailure } from '@temporalio/workflow';
import { failure } from '../../contract/fail';
import type { ItemOutput, StretchResult } from '../../contract/run/map-run';
import type { StepResult } from '../../contract/run/run';
import type { MapStep } from '../../contract/team/step';
import type { Value } from '../../contract/value';
import { chore } from '../calls/chore';
import { runStretch } from '../map/run-stretch';
import type { Run } from '../run/run';
import { concluding, timeIsUp } from '../safeguards/deadline';
import { tooFew } from '../steps/fan-out';
import { keepValue } from '../steps/keep-value';
import { below, type Place } from '../steps/place';

/**
 * Map: runs one step for every item of the list that `over` finds in the input. Items travel by reference where they
 * are large, start in input order, at most `maxConcurrency` at one time, and their outputs stay in that order. Joins
 * are those of `parallel`; `collect` gives an array, in which an item that a best effort goes without is null. More
 * `stopWhen` is tested on each item's output: once met, those that have finished are the output. When the time is up,
 * the join decides as if the unfinished ones had failed. More
 * items than `window` run in children, each with a history of its own; an item's path and keys do not depend on that.
 *
 * Crash: finished items are in history or in the journal, also those of an activity that several share, and are not
 * run again; the others go on from their last call.
 */
export async function runMap(run: Run, place: Place<MapStep>): Promise<StepResult> {
  const { over, join, maxConcurrency } = place.step;
  const done = await runStretch(run, place, {
    list: place.input,
    over,
    from: 0,
    maxConcurrency,
    path: place.path,
  });
  run.view.change(place.path, { outcome: `${done.succeeded} of ${done.total} items` });
  const isSettled = join === 'all' || done.total === 0 || done.stopped === true;
  const why = isSettled ? undefined : tooFew(join, done);
  if (why !== undefined && timeIsUp()) throw new CancelledFailure(why);
  if (why !== undefined)
    throw failure('JoinFailed', `${why.replace('branches', 'items')}. Failed: ${done.reasons.join(', ')}.`);
  return {
    output: await merge(run, place, done),
    missing: [...(hasHoles(place.step, done) ? done.failed : []), ...done.missing],
  };
}

async function merge(run: Run, place: Place<MapStep>, done: StretchResult): Promise<Value> {
  const { merge: rule } = place.step;
  if (typeof rule !== 'object' || !('synthesize' in rule)) return mergeBy(run, place, { rule, done });
  const input = await mergeBy(run, place, { rule: 'collect', done });
  const synthesis = await run.runStep(
    below(place, 'synthesis', { step: { kind: 'agent', agent: rule.synthesize }, input }),
  );
  return synthesis.output;
}

async function mergeBy(
  run: Run,
  place: Place<MapStep>,
  { rule, done }: { rule: Exclude<MapStep['merge'], { synthesize: string }>; done: StretchResult },
): Promise<Value> {
  const [only] = done.outputs;
  // What stands in history whole needs no activity.
  if (
    rule === 'collect' &&
    done.succeeded === done.total &&
    (only === undefined || 'inline' in only) &&
    done.outputs.length <= 1
  )
    return keepValue(run, { list: entriesOf(only).map(([, value]) => value) });
  const withHoles = rule === 'collect' && hasHoles(place.step, done);
  return concluding(() =>
    chore(run, `merge · ${place.path}`, 'mergeItems', {
      merge: rule,
      outputs: done.outputs,
      ...(withHoles ? { total: done.total } : {}),
    }),
  );
}

/** Are items without an output missing? Where so many are enough, or the map was stopped, they are not. */
function hasHoles({ join }: MapStep, { stopped }: StretchResult): boolean {
  return typeof join === 'object' && 'bestEffort' in join && stopped !== true;
}

function entriesOf(list: Value | undefined): readonly ItemOutput[] {
  return list !== undefined && 'inline' in list ? (list.inline as unknown as readonly ItemOutput[]) : [];
}
