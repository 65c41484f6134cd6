import type { StepResult } from '../../contract/run';
import type { PipelineStep } from '../../contract/step';
import { below, type Place } from '../place';
import type { Run } from '../run';

/**
 * Pipeline: each step gets the output of the one before; the last output is the pipeline's.
 *
 * Crash: finished steps are in history and never run again; the one that was running goes on.
 */
export async function runPipeline(run: Run, place: Place<PipelineStep>): Promise<StepResult> {
  let output = place.input;
  const missing: string[] = [];
  for (const [index, step] of place.step.steps.entries()) {
    const result = await run.runStep(below(place, step.id ?? String(index), { step, input: output }));
    output = result.output;
    missing.push(...result.missing);
  }
  return { output, missing };
}
