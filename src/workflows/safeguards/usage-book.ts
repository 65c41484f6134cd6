import { addUsage, NO_USAGE, type Usage } from '../../contract/cost/usage';
import type { StepPath } from '../../contract/team/step-path';

/** What the steps and children of one execution have used, by the step that used it. */
export class UsageBook {
  private readonly own = new Map<StepPath, Usage>();
  private sum: Usage = NO_USAGE;

  constructor(carried: Readonly<Record<StepPath, Usage>> = {}) {
    for (const [path, usage] of Object.entries(carried)) this.note(path, usage);
  }

  note(path: StepPath, usage: Usage): void {
    this.own.set(path, addUsage(this.own.get(path) ?? NO_USAGE, usage));
    this.sum = addUsage(this.sum, usage);
  }

  total(): Usage {
    return this.sum;
  }

  /** What an execution that goes on from this one is handed. */
  entries(): Readonly<Record<StepPath, Usage>> {
    return Object.fromEntries(this.own);
  }

  /** Usage of each step together with everything below it. */
  byStep(): ReadonlyMap<StepPath, Usage> {
    const rolled = new Map<StepPath, Usage>();
    for (const [path, usage] of this.own) {
      for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
        const ancestor = path.slice(0, end);
        rolled.set(ancestor, addUsage(rolled.get(ancestor) ?? NO_USAGE, usage));
      }
    }
    return rolled;
  }
}
