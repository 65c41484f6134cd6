import { failure } from '../../contract/fail';
import type { StepPath } from '../../contract/step-path';
import type { RunLimits } from '../../contract/team';
import { addUsage, NO_USAGE, type Usage } from '../../contract/usage';

/** The account of one execution: what its steps and children have used, by the step that used it. */
export class Ledger {
  private readonly own = new Map<StepPath, Usage>();
  private sum: Usage = NO_USAGE;

  constructor(
    private readonly limits: RunLimits,
    carried: Readonly<Record<StepPath, Usage>> = {},
  ) {
    for (const [path, usage] of Object.entries(carried)) this.add(path, usage);
  }

  /** Call before every model call. Throws ModelCallLimitReached, TokenLimitReached or CostLimitReached where the run has nothing left. */
  check(): void {
    const { calls, inputTokens, outputTokens, microDollars } = this.sum;
    if (calls >= this.limits.maxModelCalls) {
      throw failure('ModelCallLimitReached', `The run has made ${calls} model calls (limits.maxModelCalls).`);
    }
    if (inputTokens + outputTokens >= this.limits.maxTokens) {
      throw failure(
        'TokenLimitReached',
        `The run has used ${inputTokens + outputTokens} tokens (limits.maxTokens).`,
      );
    }
    if (microDollars >= this.limits.maxMicroDollars) {
      throw failure(
        'CostLimitReached',
        `The run has spent ${microDollars} micro-dollars (limits.maxMicroDollars).`,
      );
    }
  }

  add(path: StepPath, usage: Usage): void {
    this.own.set(path, addUsage(this.own.get(path) ?? NO_USAGE, usage));
    this.sum = addUsage(this.sum, usage);
  }

  total(): Usage {
    return this.sum;
  }

  /** What a child may use: all that is left when it starts. */
  left(): RunLimits {
    const { calls, inputTokens, outputTokens, microDollars } = this.sum;
    return {
      ...this.limits,
      maxModelCalls: Math.max(1, this.limits.maxModelCalls - calls),
      maxTokens: Math.max(1, this.limits.maxTokens - inputTokens - outputTokens),
      maxMicroDollars: Math.max(1, this.limits.maxMicroDollars - microDollars),
    };
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
