import { RUN_DEFAULTS } from '../../contract/limits';
import type { StepResult } from '../../contract/run/run';
import type { DagStep, DagTask } from '../../contract/team/step';
import { childPath } from '../../contract/team/step-path';
import type { Run } from '../run/run';
import { keepValue } from '../steps/keep-value';
import { below, type Place } from '../steps/place';
import { Stop } from '../steps/stop';
import { dagResult, leaveOut, resultsFor } from './dag-result';
import { approvePlan } from './make-plan';
import { runTasks } from './run-tasks';

/** Tasks that the team itself names. */
export async function runFixedTasks(
  run: Run,
  place: Place<DagStep>,
  declared: readonly DagTask[],
): Promise<StepResult> {
  const tasks = declared.map((task) => ({ ...task, optional: task.optional ?? false }));
  const order = tasks.map(({ id, requires, optional }) => ({ id, requires, optional }));
  await approvePlan(run, place, { tasks: order });
  const results = new Map<string, StepResult>();
  const stop = new Stop(run, place.step);
  const { missing, failed } = await runTasks({
    tasks,
    width: RUN_DEFAULTS.maxConcurrency,
    results,
    stop,
    onFailure: 'cancel',
    start: async ({ id, step, requires }) => {
      const input =
        requires.length === 0
          ? place.input
          : await keepValue(run, { record: { input: place.input, results: resultsFor(requires, results) } });
      return run.runStep(below(place, id, { step, input }));
    },
    lost: (task, because) =>
      leaveOut(run, below(place, task.id, { step: task.step, input: place.input }), because.id),
  });
  if (failed !== undefined) throw failed.error;
  if (results.size < tasks.length)
    run.view.change(place.path, {
      outcome: `${stop.isMet ? 'stopped early with' : 'concluded from'} ${results.size} of ${tasks.length} tasks`,
    });
  const without = missing.map(({ id }) => childPath(place.path, place.step, id));
  return dagResult(run, tasks, { results, missing: without });
}
