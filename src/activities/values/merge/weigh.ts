import { atPointer, type Json, type JsonPointer } from '../../../contract/json';
import { type BranchOutput, unfit } from './branch-output';
import { samenessKey } from './same-text';

export interface WeighRule {
  readonly value: JsonPointer;
  readonly confidence: JsonPointer;
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * The answer with the greatest sum of weight × confidence, as the first branch that gave it wrote it. Answers that
 * differ in case and spacing only are one. Of equal sums the one named first wins. Throws InvalidInput where an output
 * has no answer, or no confidence from 0 to 1, or where there is no output at all.
 */
export function weigh(outputs: readonly BranchOutput[], rule: WeighRule): Json {
  const sums = new Map<string, { answer: Json; sum: number }>();
  for (const { branch, output } of outputs) {
    const answer = atPointer(output, rule.value);
    if (answer === undefined) throw unfit('weigh', branch, `has no answer at "${rule.value}"`);
    const key = samenessKey(answer);
    const known = sums.get(key) ?? { answer, sum: 0 };
    known.sum += weightOf(branch, rule) * confidenceOf(branch, output, rule);
    sums.set(key, known);
  }
  const [first, ...others] = sums.values();
  if (first === undefined) throw unfit('weigh', '', 'is missing: no branch gave any');
  return others.reduce((best, other) => (other.sum > best.sum ? other : best), first).answer;
}

function weightOf(branch: string, { weights }: WeighRule): number {
  return Object.hasOwn(weights, branch) ? (weights[branch] ?? 1) : 1;
}

function confidenceOf(branch: string, output: Json, { confidence }: WeighRule): number {
  const found = atPointer(output, confidence);
  if (typeof found === 'number' && found >= 0 && found <= 1) return found;
  throw unfit('weigh', branch, `has no confidence from 0 to 1 at "${confidence}"`);
}
