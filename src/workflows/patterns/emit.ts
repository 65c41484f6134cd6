import type { StepResult } from '../../contract/run/run';
import type { EmitStep } from '../../contract/team/step';
import { type Run, whole } from '../run/run';
import type { Place } from '../steps/place';

/**
 * Emit: raises an event with the step's input, for every `on` step of the run, in its children too, that waits for it or
 * begins later. The input goes on unchanged.
 *
 * Crash: the event is workflow state; between executions it travels by signal, which the server keeps.
 */
export async function runEmit(run: Run, { step, input }: Place<EmitStep>): Promise<StepResult> {
  await run.switchboard.raise(step.event, input);
  return whole(input);
}
