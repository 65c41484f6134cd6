import type { StepResult } from '../../contract/run/run';
import type { StepPath } from '../../contract/team/step-path';

/** Whether a step failed and was skipped: it has said nothing, which is not the same as saying null. */
export function wasSkipped({ output, missing }: StepResult, path: StepPath): boolean {
  return 'inline' in output && output.inline === null && missing.includes(path);
}
