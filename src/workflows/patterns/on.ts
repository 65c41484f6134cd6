import { condition } from '@temporalio/workflow';
import { failure } from '../../contract/fail';
import type { StepResult } from '../../contract/run/run';
import { milliseconds } from '../../contract/team/duration';
import type { OnStep } from '../../contract/team/step';
import type { Run } from '../run/run';
import { keepValue } from '../steps/keep-value';
import type { Place } from '../steps/place';

/**
 * On: waits for an event that a step of the run or a client raises; one that was raised before counts, the last of
 * several. Its output is `{ input, event }`: the step's own input and what the event brought. Fails StepTimedOut where
 * none comes in time.
 *
 * Crash: the wait is workflow state and a timer, and so is an event that has come.
 */
export async function runOn(run: Run, { step, path, input }: Place<OnStep>): Promise<StepResult> {
  const { event, timeout } = step;
  const isThere = () => run.switchboard.last(event) !== undefined;
  if (!isThere()) {
    run.view.change(path, { state: 'waiting' });
    if (!(await condition(isThere, milliseconds(timeout))))
      throw failure(
        'StepTimedOut',
        `The event "${event}" that ${path} waits for did not come within ${timeout}.`,
      );
    run.view.change(path, { state: 'running' });
  }
  // Whoever reaches the run may have raised it.
  run.taint.mark(path, [`event:${event}`]);
  const value = run.switchboard.last(event) ?? input;
  return { output: await keepValue(run, { record: { input, event: value } }), missing: [] };
}
