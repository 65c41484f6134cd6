import { failure } from '../../contract/fail';
import type { StepResult } from '../../contract/run/run';
import type { StepPath } from '../../contract/team/step-path';
import type { Value } from '../../contract/value';
import type { Run } from '../run/run';
import { keepValue } from '../steps/keep-value';
import { labelOf } from '../steps/label';
import type { Place } from '../steps/place';
import type { Ordered } from './task-graph';

/** The outputs that a task requires, by id. */
export function resultsFor(
  requires: readonly string[],
  results: ReadonlyMap<string, StepResult>,
): { readonly record: Readonly<Record<string, Value>> } {
  return {
    record: Object.fromEntries(
      requires.flatMap((id) => {
        const result = results.get(id);
        return result === undefined ? [] : [[id, result.output]];
      }),
    ),
  };
}

/** Shows in the view that a task was not run, and why. */
export function leaveOut(run: Run, place: Place, because: string): void {
  run.view.begin(place, labelOf(place));
  run.view.end(place.path, 'skipped', {
    type: 'JoinFailed',
    message: `Not run: it requires "${because}", which failed.`,
  });
}

/** The outputs of all tasks, by id, in the order of the tasks. Throws JoinFailed where not one was done. */
export async function dagResult(
  run: Run,
  tasks: readonly Ordered[],
  { results, missing }: { results: ReadonlyMap<string, StepResult>; missing: readonly StepPath[] },
): Promise<StepResult> {
  const done = tasks.map(({ id }) => id).filter((id) => results.has(id));
  if (done.length === 0)
    throw failure('JoinFailed', `None of ${tasks.length} tasks succeeded, and nothing is left to give back.`);
  return {
    output: await keepValue(run, resultsFor(done, results)),
    missing: [...missing, ...done.flatMap((id) => results.get(id)?.missing ?? [])],
  };
}
