import type { StepResult } from '../contract/run';
import type { StepPath } from '../contract/step-path';

/** Whether a step failed and was skipped: it has said nothing, which is not the same as saying null. */
export function wasSkipped({ output, missing }: StepResult, path: StepPath): boolean {
  return 'inline' in output && output.inline === null && missing.includes(path);
}
