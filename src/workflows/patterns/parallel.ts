import type { StepResult } from '../../contract/run/run';
import type { ParallelStep } from '../../contract/team/step';
import { childPath } from '../../contract/team/step-path';
import type { Value } from '../../contract/value';
import { chore } from '../calls/chore';
import type { Run } from '../run/run';
import { concluding } from '../safeguards/deadline';
import { fanOut } from '../steps/fan-out';
import { keepValue } from '../steps/keep-value';
import { below, type Place } from '../steps/place';
import { Stop } from '../steps/stop';

/**
 * Parallel: every branch gets the step's input; the join says when they are done, the merge what becomes of their outputs.
 * `stopWhen` is tested on each branch's output; once met, the others are cancelled and those that have finished merged.
 * When the time is up, the join decides as if the unfinished ones had failed.
 *
 * Crash: each branch goes on from its own last call; finished branches are not run again.
 */
export async function runParallel(run: Run, place: Place<ParallelStep>): Promise<StepResult> {
  const { branches, join, maxConcurrency } = place.step;
  const stop = new Stop(run, place.step);
  const { results, missing } = await fanOut(
    Object.entries(branches).map(([name, step]) => ({
      name,
      start: () => stop.watch(run.runStep(below(place, name, { step, input: place.input }))),
    })),
    join,
    { width: maxConcurrency, stop },
  );
  const outputs = Object.fromEntries([...results].map(([name, result]) => [name, result.output]));
  const all = Object.keys(branches).length;
  if (results.size < all)
    run.view.change(place.path, {
      outcome: `${stop.isMet ? 'stopped early with' : 'concluded from'} ${results.size} of ${all} branches`,
    });
  const output = await mergeBranches(run, place, outputs);
  return {
    output,
    missing: [
      ...missing.map((name) => childPath(place.path, place.step, name)),
      ...[...results.values()].flatMap((result) => result.missing),
    ],
  };
}

async function mergeBranches(
  run: Run,
  place: Place<ParallelStep>,
  outputs: Readonly<Record<string, Value>>,
): Promise<Value> {
  const { merge } = place.step;
  if (merge === 'collect') return keepValue(run, { record: outputs });
  if (typeof merge === 'object' && 'synthesize' in merge) {
    const input = await keepValue(run, { record: outputs });
    const synthesis = await run.runStep(
      below(place, 'synthesis', { step: { kind: 'agent', agent: merge.synthesize }, input }),
    );
    return synthesis.output;
  }
  return concluding(() => chore(run, `merge · ${place.path}`, 'mergeOutputs', { merge, outputs }));
}
