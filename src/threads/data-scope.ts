import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallJournal, ContentStore } from './store';

/** What belongs to no run: trained classifiers, the registry's snapshots. `forget` never touches it. */
export const SHARED_SCOPE = '*';

const current = new AsyncLocalStorage<string>();

/**
 * Does some work with the store on behalf of a run: with encryption, what it writes is sealed with that run's data key and
 * it reads what that key sealed. Workers do so for every activity. Without encryption it means nothing.
 */
export function inScopeOf<T>(run: string, work: () => T): T {
  return current.run(run, work);
}

/** The run on whose behalf this code runs, or {@link SHARED_SCOPE}. */
export function scopeHere(): string {
  return current.getStore() ?? SHARED_SCOPE;
}

/** Values of one run, wherever they are asked for. */
export function contentOf(run: string, content: ContentStore): ContentStore {
  return {
    put: (value) => inScopeOf(run, () => content.put(value)),
    get: (hash) => inScopeOf(run, () => content.get(hash)),
    has: (hash) => inScopeOf(run, () => content.has(hash)),
  };
}

/** Calls that are found by every run. */
export function sharedJournal(journal: CallJournal): CallJournal {
  const shared = <T>(work: () => T): T => inScopeOf(SHARED_SCOPE, work);
  return {
    find: (key) => shared(() => journal.find(key)),
    lease: (key, holder) => shared(() => journal.lease(key, holder)),
    record: (lease, result) => shared(() => journal.record(lease, result)),
    sent: (lease, id, worst) => shared(() => journal.sent(lease, id, worst)),
    unsent: (lease, id) => shared(() => journal.unsent(lease, id)),
    intend: (lease, note) => shared(() => journal.intend(lease, note)),
  };
}
