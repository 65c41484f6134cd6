import type { Step } from '../../contract/team/step';
import { childPath, type StepPath } from '../../contract/team/step-path';
import type { Value } from '../../contract/value';

/** A step with all that one use of it has: where it stands, what it is given, how often it has been asked anew. */
export interface Place<S extends Step = Step> {
  readonly step: S;
  readonly path: StepPath;
  readonly input: Value;
  /** Raised by retries and resumes, and inherited: see `CallSite.generation`. */
  readonly generation: number;
  /**
   * Share of what the step above has left of its budget, above 0 and below 1, that its pattern gave to this one use; a
   * `budget` of the step itself is a bound beside it.
   */
  readonly share?: number;
}

/** The place of a step directly below another. */
export function below(
  parent: Place,
  key: string,
  child: { readonly step: Step; readonly input: Value },
): Place {
  return { ...child, path: childPath(parent.path, parent.step, key), generation: parent.generation };
}
