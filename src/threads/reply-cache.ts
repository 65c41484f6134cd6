import { failureType } from '../contract/fail';
import { hashText } from '../contract/hash';
import type { Json } from '../contract/json';
import type { Hash } from '../contract/value';
import { inScopeOf } from './data-scope';
import type { ContentStore, KeptReply, ReplyCache, ReplyShelf } from './store';
import type { StoreFile, StoreFiles } from './store-files';

/** Of one shelf, the latest that are looked at. */
const MAX_LOOKED_AT = 200;

interface Line {
  /** Whose data it is. */
  readonly run: string;
  readonly reply: Hash;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * A shelf is a log, begun anew each time a reply's life has passed. Its lines say only which run has what, until when, and
 * belong to no run; each reply is stored as its run's own, so that whoever forgets the run forgets the reply, and a call
 * then finds nothing. Replies whose time is over are no longer found; their bytes stay as all else in the store.
 */
export class LocalReplyCache implements ReplyCache {
  constructor(
    private readonly content: ContentStore,
    private readonly shared: StoreFiles,
    private readonly now: () => number = Date.now,
  ) {}

  async keep(shelf: ReplyShelf, { run, reply }: KeptReply): Promise<void> {
    const { hash } = await inScopeOf(run, () => this.content.put(reply));
    const line: Line = { run, reply: hash, until: this.now() + shelf.ttlMs };
    await this.shared.append(logOf(shelf, this.#period(shelf)), JSON.stringify(line), false);
  }

  async find(shelf: ReplyShelf): Promise<readonly Json[]> {
    const period = this.#period(shelf);
    const logs = await Promise.all([period - 1, period].map((each) => this.shared.log(logOf(shelf, each))));
    const live = logs
      .flatMap((log) => log?.split('\n') ?? [])
      .flatMap(parse)
      .filter(({ until }) => until > this.now());
    const replies = await Promise.all(live.slice(-MAX_LOOKED_AT).map((line) => this.#read(line)));
    return replies.filter((reply) => reply !== undefined).reverse();
  }

  async #read({ run, reply }: Line): Promise<Json | undefined> {
    try {
      return await inScopeOf(run, () => this.content.get(reply));
    } catch (error) {
      const type = failureType(error);
      if (type === 'RunForgotten' || type === 'StoredValueMissing') return undefined;
      throw error;
    }
  }

  #period({ ttlMs }: ReplyShelf): number {
    return Math.floor(this.now() / ttlMs);
  }
}

function logOf({ name }: ReplyShelf, period: number): StoreFile {
  return { folder: 'replies', name: hashText(`${name}/${period}`) };
}

/** A line that a killed writer left unfinished is none. */
function parse(text: string): readonly Line[] {
  try {
    return text === '' ? [] : [JSON.parse(text) as Line];
  } catch {
    return [];
  }
}
