import type { BatonActivities, MergeInput } from '../../contract/activities';
import type { Json } from '../../contract/json';
import { keepValue, resolveValue } from '../../threads/resolve-value';
import type { ContentStore } from '../../threads/store';
import type { BranchOutput } from './merge/branch-output';
import { concatenate } from './merge/concatenate';
import { deduplicate } from './merge/deduplicate';
import { weigh } from './merge/weigh';

/**
 * Joins the outputs of branches by a rule, in the order of the branches. Pure over the store, so safe to repeat. Throws
 * InvalidInput where an output has not the shape that the rule needs.
 */
export function createMergeOutputs(content: ContentStore): BatonActivities['mergeOutputs'] {
  return async ({ merge, outputs }) => {
    const resolved = await Promise.all(
      Object.entries(outputs).map(
        async ([branch, value]): Promise<BranchOutput> => ({
          branch,
          output: await resolveValue(value, content),
        }),
      ),
    );
    return keepValue(mergeByRule(merge, resolved), content);
  };
}

export function mergeByRule(merge: MergeInput['merge'], outputs: readonly BranchOutput[]): Json {
  if (merge === 'concatenate') return concatenate(outputs);
  return 'weigh' in merge ? weigh(outputs, merge.weigh) : deduplicate(outputs, merge.deduplicate);
}
