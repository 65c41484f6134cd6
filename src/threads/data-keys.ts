import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { failure } from '../contract/fail';
import { runOf } from '../contract/names';
import type { KeyRing, WrappedKey } from '../secrets/key-ring';
import { KEY_BYTES } from '../secrets/seal';
import { hashBytes } from './content-hash';
import type { StoreFile, StoreFiles } from './store-files';

/** The key of a run's data. */
export interface DataKey {
  /** The run that it was made for: runs that take up another one, and the messages of a session, have that one's. */
  readonly of: string;
  readonly bytes: Buffer;
}

/** What the store knows of a run's data key. */
type KeyRecord =
  | { readonly run: string; readonly key: WrappedKey; readonly isSession?: true }
  | { readonly run: string; readonly sharedWith: string }
  | Destroyed;

/** It stays for ever, so that nobody begins a run of that name anew. */
interface Destroyed {
  readonly run: string;
  readonly destroyedAt: number;
  readonly isSession?: true;
  /** Nothing is left of what the key had sealed. */
  readonly pruned?: true;
}

/** How long a process goes on with a key that another one has destroyed, in milliseconds. */
export const KEY_TTL_MS = 60_000;
const CACHED_KEYS = 10_000;

/** What a session starts are runs named after it: `<session>.1`, `<session>.2`, … */
const IN_SESSION = /^(.+)\.[^.]+$/;

/**
 * The data keys of a store's runs, each wrapped by the key ring and in a file of its own, so that destroying the file
 * makes everything unreadable that the key has sealed, in the store and in Temporal's histories. Of several processes
 * that want a new run's key at once one makes it. Throws RunForgotten, DecryptionFailed, StoreUnavailable.
 */
export class DataKeys {
  readonly #known = new LRUCache<string, Promise<DataKey>>({ max: CACHED_KEYS, ttl: KEY_TTL_MS });

  constructor(
    private readonly files: StoreFiles,
    private readonly ring: KeyRing,
  ) {}

  /** The run's key, made where it has none. */
  of(run: string): Promise<DataKey> {
    return this.#remember(run, async (base) => (await this.#read(base)) ?? this.#make(base));
  }

  /** The key of a run that has one. Throws DecryptionFailed where it has none in this store. */
  existing(run: string): Promise<DataKey> {
    return this.#remember(run, async (base) => {
      const record = await this.#read(base);
      if (record !== undefined) return record;
      throw failure('DecryptionFailed', `The store ${this.files.place} has no data key of run "${run}".`, {
        details: [{ run }],
      });
    });
  }

  /** Gives a new session its key: its messages' runs share it. */
  async ofSession(session: string): Promise<void> {
    await this.#make(session, { isSession: true });
  }

  /** Gives a run that takes up another one the other's key, since it reads what the other has paid for. */
  async share(run: string, other: string): Promise<void> {
    const { of: sharedWith } = await this.of(other);
    const own = runOf(run);
    if (own !== sharedWith) await this.files.create(fileOf(own), write({ run: own, sharedWith }));
  }

  /** The run whose key it has, and every run that has the same one. Undefined where it has none. */
  async holders(
    run: string,
  ): Promise<{ readonly owner: string; readonly runs: readonly string[] } | undefined> {
    const record = await this.#read(await this.#baseOf(run));
    if (record === undefined) return undefined;
    const owner = 'sharedWith' in record ? record.sharedWith : record.run;
    const records = (await this.files.all('keys')).map(parse);
    const sharing = records.flatMap((each) =>
      'sharedWith' in each && each.sharedWith === owner ? [each.run] : [],
    );
    return { owner, runs: [owner, ...sharing.sort()] };
  }

  /** Destroys the key of a run and of all that share it. Processes that use it lose it within {@link KEY_TTL_MS}. */
  async destroy(owner: string): Promise<void> {
    const record = await this.#read(owner);
    const isSession = record !== undefined && 'isSession' in record ? { isSession: true as const } : {};
    await this.files.write(fileOf(owner), write({ run: owner, destroyedAt: Date.now(), ...isSession }));
    this.#known.clear();
  }

  /** Runs whose key was destroyed and whose files may still be there, with the time in milliseconds since the epoch. */
  async destroyed(): Promise<readonly { readonly run: string; readonly destroyedAt: number }[]> {
    const records = (await this.files.all('keys')).map(parse);
    return records.filter((each): each is Destroyed => 'destroyedAt' in each && each.pruned !== true);
  }

  /** Notes that nothing is left of a run whose key was destroyed. */
  async pruned(run: string): Promise<void> {
    const record = await this.#read(run);
    if (record !== undefined && 'destroyedAt' in record)
      await this.files.write(fileOf(run), write({ ...record, pruned: true }));
  }

  /** Wraps every data key that another key wrapped with the ring's first one; returns how many. The others are not needed after it. */
  async rewrap(): Promise<number> {
    let count = 0;
    for (const record of (await this.files.all('keys')).map(parse)) {
      if (!('key' in record) || record.key.ringKey === this.ring.current) continue;
      const { run, key } = record;
      await this.files.write(
        fileOf(run),
        write({ ...record, key: this.ring.wrap(this.ring.unwrap(key, run), run) }),
      );
      count += 1;
    }
    return count;
  }

  #remember(run: string, recordOf: (base: string) => Promise<KeyRecord>): Promise<DataKey> {
    const known = this.#known.get(run);
    if (known !== undefined) return known;
    const finding = this.#find(run, recordOf);
    this.#known.set(run, finding);
    finding.catch(() => this.#known.delete(run));
    return finding;
  }

  async #find(run: string, recordOf: (base: string) => Promise<KeyRecord>): Promise<DataKey> {
    const base = await this.#baseOf(run);
    const record = await recordOf(base);
    if ('sharedWith' in record) return this.existing(record.sharedWith);
    if ('key' in record) return { of: base, bytes: this.ring.unwrap(record.key, base) };
    throw failure(
      'RunForgotten',
      `Run "${run}" was forgotten on ${new Date(record.destroyedAt).toISOString()}.`,
      { details: [{ run, destroyedAt: record.destroyedAt }] },
    );
  }

  /** The run that a child belongs to; the session, where that is one of a session's runs. */
  async #baseOf(workflow: string): Promise<string> {
    const run = runOf(workflow);
    const [, session] = IN_SESSION.exec(run) ?? [];
    if (session === undefined) return run;
    const record = await this.#read(session);
    const isSession = record !== undefined && 'isSession' in record;
    return isSession && (await this.#read(run)) === undefined ? session : run;
  }

  async #make(run: string, facts: { readonly isSession?: true } = {}): Promise<KeyRecord> {
    const record = { run, key: this.ring.wrap(randomBytes(KEY_BYTES), run), ...facts };
    if (await this.files.create(fileOf(run), write(record))) return record;
    const first = await this.#read(run);
    if (first !== undefined) return first;
    throw failure('StoreUnavailable', `The data key of run "${run}" is there and cannot be read.`);
  }

  async #read(run: string): Promise<KeyRecord | undefined> {
    const bytes = await this.files.read(fileOf(run));
    return bytes === undefined ? undefined : parse(bytes);
  }
}

function fileOf(run: string): StoreFile {
  return { folder: 'keys', name: hashBytes(Buffer.from(run)) };
}

function write(record: KeyRecord): Buffer {
  return Buffer.from(JSON.stringify(record));
}

function parse(bytes: Buffer): KeyRecord {
  return JSON.parse(bytes.toString()) as KeyRecord;
}
