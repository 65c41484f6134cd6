import type { StepResult } from '../../contract/run/run';
import type { Step } from '../../contract/team/step';
import type { Value } from '../../contract/value';
import type { Run } from '../run/run';
import { meets } from './meets';

/** A pattern's `stopWhen`: whether what it has got so far lets it end early. */
export class Stop {
  isMet = false;

  constructor(
    private readonly run: Run,
    private readonly step: Step,
  ) {}

  /** Hands on a child's result once it is tested. Not `async`: without a `stopWhen` it costs no promise. */
  watch(child: Promise<StepResult>): Promise<StepResult> {
    return this.step.stopWhen === undefined ? child : this.tested(child);
  }

  /** Does this output end the pattern? Throws ValueTooLarge where it is too large to be tested. */
  async at(output: Value): Promise<boolean> {
    const { stopWhen } = this.step;
    if (stopWhen === undefined) return false;
    if (await meets(this.run, stopWhen, output)) this.isMet = true;
    return this.isMet;
  }

  private async tested(child: Promise<StepResult>): Promise<StepResult> {
    const result = await child;
    await this.at(result.output);
    return result;
  }
}
