import type { BatonActivities } from '../../contract/activities';
import type { Json } from '../../contract/json';
import type { ItemOutput } from '../../contract/run/map-run';
import { keepValue, resolveValue } from '../../threads/resolve-value';
import type { ContentStore } from '../../threads/store';
import { mergeByRule } from './merge-outputs';

/**
 * Joins the outputs of a map's items, in input order. `collect` gives an array; the other rules see each item as a
 * branch named by its place in the list, from 0. Pure over the store, so safe to repeat. Throws InvalidInput
 * where an output has not the shape that the rule needs.
 */
export function createMergeItems(content: ContentStore): BatonActivities['mergeItems'] {
  return async ({ merge, outputs, total }) => {
    const lists = await Promise.all(outputs.map((list) => resolveValue(list, content)));
    const entries = lists.flatMap((list) => list as unknown as readonly ItemOutput[]);
    const resolved = await Promise.all(
      entries.map(async ([index, value]) => [index, await resolveValue(value, content)] as const),
    );
    if (merge === 'collect') return keepValue(collected(resolved, total), content);
    const branches = resolved.map(([index, output]) => ({ branch: String(index), output }));
    return keepValue(mergeByRule(merge, branches), content);
  };
}

function collected(outputs: readonly (readonly [number, Json])[], total: number | undefined): Json {
  if (total === undefined) return outputs.map(([, output]) => output);
  const list = new Array<Json>(total).fill(null);
  for (const [index, output] of outputs) list[index] = output;
  return list;
}
