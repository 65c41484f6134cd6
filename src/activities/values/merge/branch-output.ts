import { failure } from '../../../contract/fail';
import type { Json } from '../../../contract/json';

/** What one branch gave, in the order of the branches. */
export interface BranchOutput {
  readonly branch: string;
  readonly output: Json;
}

/** A merge that cannot be made of this output. `rule` names the merge, `need` what it takes. */
export function unfit(rule: string, branch: string, need: string): Error {
  return failure('InvalidInput', `merge "${rule}": the output of branch "${branch}" ${need}.`, {
    details: [{ rule, branch }],
  });
}
