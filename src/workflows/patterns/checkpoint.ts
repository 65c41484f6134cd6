import { upsertMemo } from '@temporalio/workflow';
import type { StepResult } from '../../contract/run/run';
import type { CheckpointStep } from '../../contract/team/step';
import { type Run, whole } from '../run/run';
import type { Place } from '../steps/place';

/**
 * Checkpoint: notes its label in the run's view and in the memo of its execution, and passes its input on. A run that
 * is over can be taken up from it: what follows it is made anew, what led to it is found.
 *
 * Crash: the note is in history with everything else.
 */
export async function runCheckpoint(_run: Run, { step, input }: Place<CheckpointStep>): Promise<StepResult> {
  upsertMemo({ checkpoint: step.label });
  return whole(input);
}
