import { atPointer, type Json, type JsonObject, type JsonPointer } from '../../../contract/json';
import { type BranchOutput, unfit } from './branch-output';
import { samenessKey } from './same-text';

export interface DeduplicateRule {
  readonly list: JsonPointer;
  readonly by: readonly JsonPointer[];
}

/**
 * The items of all lists, each once, as it stands where it was first named. `sources` of an item are the branches that
 * named it, after sources that it had already (of a merge within a branch, say). An item that is no object becomes
 * `{ value, sources }`. Throws InvalidInput where an output has no list at `list`.
 */
export function deduplicate(outputs: readonly BranchOutput[], rule: DeduplicateRule): Json {
  const found = new Map<string, { item: JsonObject; sources: Set<Json> }>();
  for (const { branch, output } of outputs) {
    for (const raw of listOf(branch, output, rule)) {
      const item = asObject(raw);
      const key = keyOf(item, rule.by);
      const known = found.get(key) ?? { item, sources: new Set<Json>() };
      for (const source of [...ownSources(item), branch]) known.sources.add(source);
      found.set(key, known);
    }
  }
  return [...found.values()].map(({ item, sources }) => ({ ...item, sources: [...sources] }));
}

function listOf(branch: string, output: Json, { list }: DeduplicateRule): readonly Json[] {
  const items = atPointer(output, list);
  if (Array.isArray(items)) return items as readonly Json[];
  throw unfit('deduplicate', branch, list === '' ? 'is no list' : `has no list at "${list}"`);
}

function asObject(item: Json): JsonObject {
  return item !== null && typeof item === 'object' && !Array.isArray(item)
    ? (item as JsonObject)
    : { value: item };
}

function ownSources(item: JsonObject): readonly Json[] {
  return Array.isArray(item.sources) ? (item.sources as readonly Json[]) : [];
}

/** Items that have none of the places are compared whole: two unknowns are not the same thing. */
function keyOf(item: JsonObject, by: readonly JsonPointer[]): string {
  const places = by.map((pointer) => atPointer(item, pointer) ?? null);
  if (places.some((place) => place !== null)) return `by ${samenessKey(places)}`;
  const { sources: _, ...rest } = item;
  return `whole ${samenessKey(Array.isArray(item.sources) ? rest : item)}`;
}
