import { failureType } from '../../contract/fail';
import type { Json } from '../../contract/json';
import type { Message } from '../../contract/run/conversation';
import type { Hash } from '../../contract/value';
import type { ContentStore, Store } from '../../threads/store';

/** What an audit reads of a store. */
export interface AuditSource {
  readonly content: ContentStore;
  readonly threads: Pick<Store['threads'], 'read'>;
  /** What was asked for and is not there any more. */
  readonly lost: ReadonlySet<Hash>;
}

/** Reads what is there: an account with gaps that it names is worth more than none. */
export function lenientReading(store: Pick<Store, 'content' | 'threads'>): AuditSource {
  const lost = new Set<Hash>();
  const orLost = async <T>(hash: Hash, read: () => Promise<T>, inPlace: (mark: string) => T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (failureType(error) !== 'StoredValueMissing') throw error;
      lost.add(hash);
      return inPlace(`(not in the store any more: ${hash.slice(0, 12)}…)`);
    }
  };
  const { content, threads } = store;
  return {
    lost,
    content: {
      put: (value) => content.put(value),
      has: (hash) => content.has(hash),
      get: (hash) =>
        orLost<Json>(
          hash,
          () => content.get(hash),
          (mark) => mark,
        ),
    },
    threads: {
      read: async (head) =>
        head === null
          ? []
          : orLost<readonly Message[]>(
              head,
              () => threads.read(head),
              (text) => [{ role: 'user', content: [{ type: 'text', text }] }],
            ),
    },
  };
}
