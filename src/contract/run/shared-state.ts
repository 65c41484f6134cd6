import type { Json } from '../json';

/** Who shares an entry: everything in a run, one member (a place in the team, whatever its round), or all runs of a session. */
export type StateScope = 'run' | 'member' | 'session';

/** One value that a key has had. */
export interface StateEntry {
  readonly value: Json;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Path of the step that put it. */
  readonly by: string;
  /** Milliseconds since the epoch; from then on the key has no value. Absent: it never expires. */
  readonly expiresAt?: number;
}

/** A key of a scope: `owner` is the run, the member or the session that it belongs to. */
export interface StateKey {
  readonly scope: StateScope;
  readonly owner: string;
  readonly key: string;
}

/** What the steps of a run, and runs of a session, know in common. Every value that a key has had is kept. */
export interface SharedState {
  /** Adds a value. Putting the same `id` again changes nothing, so a call that is repeated has one effect. Throws StoreUnavailable. */
  put(key: StateKey, entry: StateEntry, id: string): Promise<void>;
  /** All values of a key, the oldest first, expired ones included. Throws StoreUnavailable. */
  history(key: StateKey): Promise<readonly StateEntry[]>;
}

/** The value that a key has at a moment: the last one put, unless it has expired by then. */
export function currentEntry(history: readonly StateEntry[], now: number): StateEntry | undefined {
  const last = history.at(-1);
  return last?.expiresAt !== undefined && last.expiresAt <= now ? undefined : last;
}
