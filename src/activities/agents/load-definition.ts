import { LRUCache } from 'lru-cache';
import type { CallDefinition, ToolSpec } from '../../contract/calls/model-call';
import type { Hash } from '../../contract/value';
import type { ContentStore } from '../../threads/store';

export interface LoadedDefinition extends CallDefinition {
  readonly byName: ReadonlyMap<string, ToolSpec>;
}

/** Definitions that one worker keeps at hand; each is a few kilobytes. */
const MAX_CACHED = 1000;

/**
 * Reads definitions through a cache. A hash names its bytes for ever, so nothing can go stale, and the same objects
 * are handed out each time, on which the compiled schemas hang.
 */
export function definitionLoader(content: ContentStore): (hash: Hash) => Promise<LoadedDefinition> {
  const cached = new LRUCache<Hash, Promise<LoadedDefinition>>({ max: MAX_CACHED });
  return (hash) => {
    const known = cached.get(hash);
    if (known !== undefined) return known;
    const loading = load(content, hash);
    cached.set(hash, loading);
    // A store that did not answer once may answer the next try.
    loading.catch(() => cached.delete(hash));
    return loading;
  };
}

async function load(content: ContentStore, hash: Hash): Promise<LoadedDefinition> {
  const definition = (await content.get(hash)) as unknown as CallDefinition;
  return { ...definition, byName: new Map(definition.tools.map((tool) => [tool.name, tool])) };
}
