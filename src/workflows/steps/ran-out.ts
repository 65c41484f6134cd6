import { failureType } from '../../contract/fail';
import { ranOutOfTime } from '../safeguards/deadline';

const SPENT: readonly (string | undefined)[] = [
  'TokenLimitReached',
  'CostLimitReached',
  'ModelCallLimitReached',
  'TimeLimitReached',
];

/** What a pattern ran out of, where that is why its turn failed: then it concludes with what it has. */
export function ranOut(error: unknown): 'timeout' | 'budget' | undefined {
  if (ranOutOfTime(error)) return 'timeout';
  return SPENT.includes(failureType(error)) ? 'budget' : undefined;
}
