import type { StepResult } from '../../contract/run/run';
import type { DagStep } from '../../contract/team/step';
import { runFixedTasks } from '../dag/fixed-tasks';
import { runPlannedTasks } from '../dag/planned-tasks';
import type { Run } from '../run/run';
import type { Place } from '../steps/place';

/**
 * Dag: tasks that start as soon as those that they require are done; fixed ones, or those that a planner gives to
 * workers. A fixed task without needs is given the step's input; one with needs `{ input, results }`, the outputs that
 * it requires by id; a planned one `{ objective, input, results }`. The output is a record of all outputs by id.
 *
 * A task's failure ends the step and cancels the others. Where it is optional, only what requires it is left out, and
 * the result is partial. With `replan` the tasks that run are finished and the planner is asked once more, with what is
 * done, what failed and what never ran; it may plan the latter two again under their own ids.
 *
 * `stopWhen` is tested on each task's output: once met, the others are cancelled and the record holds what is done. When
 * the time is up, unfinished tasks that are optional are left out; any other one ends the step.
 *
 * Crash: the plan is an agent's journaled answer, so it is never made twice; finished tasks are not run again, those
 * that were running go on, and a plan that waits for a person still waits.
 */
export function runDag(run: Run, place: Place<DagStep>): Promise<StepResult> {
  const { planner, tasks = [] } = place.step;
  return planner === undefined ? runFixedTasks(run, place, tasks) : runPlannedTasks(run, place, planner);
}
