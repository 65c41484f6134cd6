import type { StepResult } from '../../contract/run/run';
import type { PipelineStep } from '../../contract/team/step';
import type { Run } from '../run/run';
import { below, type Place } from '../steps/place';
import { Stop } from '../steps/stop';

/**
 * Pipeline: each step gets the output of the one before; the last output is the pipeline's, or the first that meets
 * `stopWhen`. When the time is up, only what the last step still concludes is a result.
 *
 * Crash: finished steps are in history and never run again; the one that was running goes on.
 */
export async function runPipeline(run: Run, place: Place<PipelineStep>): Promise<StepResult> {
  let output = place.input;
  const missing: string[] = [];
  const stop = new Stop(run, place.step);
  for (const [index, step] of place.step.steps.entries()) {
    const result = await run.runStep(below(place, step.id ?? String(index), { step, input: output }));
    output = result.output;
    missing.push(...result.missing);
    if (step !== place.step.steps.at(-1) && (await stop.at(output))) break;
  }
  return { output, missing };
}
