import { temporal } from '@temporalio/proto';
import { failureType } from '../contract/fail';
import type { DataKeys } from './data-keys';
import { inScopeOf, SHARED_SCOPE } from './data-scope';
import { cachedFile, type KeptLine, linesOf } from './reply-cache';
import { openLines, ownerOfFile, ownerOfLog } from './sealed-files';
import type { ListedFiles, StoreFile, StoreFiles, StoreFolder } from './store-files';

export interface PruneOptions {
  /** Files removed at most. @default 100,000 */
  readonly limit?: number;
  /** Counts what would be removed, and removes nothing. @default false */
  readonly dryRun?: boolean;
  /** @default the clock's, in milliseconds since the epoch */
  readonly now?: number;
}

/** What was removed, or would be. */
export interface Pruned {
  /** Cached replies whose time is over, and the logs that named nothing else. */
  readonly expired: number;
  /** Files of runs whose data key was destroyed. */
  readonly forgotten: number;
  /** False where the limit was reached: prune again. */
  readonly complete: boolean;
}

/** The files of a store as they lie there, and as its runs use them. */
export interface PrunedStore {
  readonly files: ListedFiles;
  readonly own: StoreFiles;
  readonly keys?: DataKeys;
}

const DEFAULT_LIMIT = 100_000;
/** Files looked at side by side. */
const CONCURRENT = 16;

/** What could have been written by a process that still knew a key which another had destroyed is there by then. */
const SETTLED_AFTER_MS = 10 * 60_000;

const payload = temporal.api.common.v1.Payload;

/** Whose each file of a folder is, where a run's own key seals it. */
const OWNERS: readonly (readonly [StoreFolder, (bytes: Buffer) => string | undefined])[] = [
  ['objects', ownerOfFile],
  ['cached', ownerOfFile],
  ['incidents', ownerOfFile],
  ['journal', ownerOfLog],
  ['state', ownerOfLog],
  ['payloads', ownerOfPayload],
];

/**
 * Removes what nobody can find any more: replies of the cache whose time is over, and all that was sealed with the key of a
 * forgotten run. It goes through the store a file at a time while runs work on it, removes nothing that a run may still
 * read, and may be killed at any moment: each file stays what leads to it until it is gone itself, so that the next time
 * finds the rest. Throws StoreUnavailable, DecryptionFailed.
 */
export async function pruneStore(store: PrunedStore, options: PruneOptions = {}): Promise<Pruned> {
  const { limit = DEFAULT_LIMIT, dryRun = false, now = Date.now() } = options;
  const removing = new Removing(limit, dryRun);
  await pruneReplies(store, removing, now);
  const expired = removing.removed;
  await pruneForgotten(store, removing, now);
  return { expired, forgotten: removing.removed - expired, complete: !removing.isOver };
}

class Removing {
  removed = 0;

  constructor(
    private readonly limit: number,
    readonly isDry: boolean,
  ) {}

  get isOver(): boolean {
    return this.removed >= this.limit;
  }

  async remove(files: StoreFiles, at: StoreFile): Promise<void> {
    if (this.isOver) return;
    const wasThere = this.isDry ? (await files.size(at)) !== undefined : await files.remove(at);
    if (wasThere) this.removed += 1;
  }
}

async function pruneReplies(store: PrunedStore, removing: Removing, now: number): Promise<void> {
  const { files, own } = store;
  for await (const names of inGroups(files.names('replies')))
    for (const name of names) {
      const log: StoreFile = { folder: 'replies', name };
      const lines = await readLines(store, log);
      const over = lines.filter(({ until }) => until <= now);
      for (const line of over) await pruneReply(own, line, removing);
      if (removing.isOver) return;
      // After the replies, which are found by it.
      if (over.length > 0 && over.length === lines.length) await removing.remove(files, log);
    }
}

async function readLines({ files, keys }: PrunedStore, at: StoreFile): Promise<readonly KeptLine[]> {
  const text = await files.log(at);
  const plain = linesOf(text);
  if (text === undefined || keys === undefined || plain.length > 0) return plain;
  return linesOf(openLines(await keys.of(SHARED_SCOPE), text, at));
}

async function pruneReply(own: StoreFiles, line: KeptLine, removing: Removing): Promise<void> {
  try {
    await inScopeOf(line.run, () => removing.remove(own, cachedFile(line)));
  } catch (error) {
    // Without its run's key a reply has no name. It goes with all else of that run.
    if (failureType(error) !== 'RunForgotten') throw error;
  }
}

async function pruneForgotten({ files, keys }: PrunedStore, removing: Removing, now: number): Promise<void> {
  const destroyed = (await keys?.destroyed()) ?? [];
  if (keys === undefined || destroyed.length === 0) return;
  const runs = new Set(destroyed.map(({ run }) => run));
  for (const [folder, ownerOf] of OWNERS)
    for await (const names of inGroups(files.names(folder))) {
      const found = await Promise.all(names.map((name) => files.read({ folder, name })));
      for (const [index, name] of names.entries()) {
        const bytes = found[index];
        const owner = bytes === undefined ? undefined : ownerOf(bytes);
        if (owner !== undefined && runs.has(owner)) await removing.remove(files, { folder, name });
      }
      if (removing.isOver) return;
    }
  if (removing.isDry) return;
  for (const { run, destroyedAt } of destroyed)
    if (destroyedAt < now - SETTLED_AFTER_MS) await keys.pruned(run);
}

function ownerOfPayload(bytes: Buffer): string | undefined {
  const run = payload.decode(bytes).metadata?.['encryption-key-id'];
  return run === undefined ? undefined : Buffer.from(run).toString();
}

async function* inGroups(names: AsyncIterable<string>): AsyncGenerator<readonly string[], void, undefined> {
  let group: string[] = [];
  for await (const name of names) {
    if (group.push(name) < CONCURRENT) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
