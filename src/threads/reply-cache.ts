import { randomUUID } from 'node:crypto';
import { failureType } from '../contract/fail';
import { hashOf, hashText } from '../contract/hash';
import type { Json } from '../contract/json';
import type { Hash } from '../contract/value';
import { inScopeOf } from './data-scope';
import type { ContentStore, KeptReply, ReplyCache, ReplyShelf } from './store';
import type { StoreFile, StoreFiles } from './store-files';

/** Of one shelf, the latest that are looked at. */
const MAX_LOOKED_AT = 200;

/** A line of a shelf's log. */
export interface KeptLine {
  /** Whose data it is. */
  readonly run: string;
  readonly reply: Hash;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * A shelf is a log, begun anew each time a reply's life has passed. Its lines say only which run has what, until when, and
 * belong to no run; each reply is stored as its run's own, so that whoever forgets the run forgets the reply, and a call
 * then finds nothing. Its name says nothing of what it is. Replies whose time is over are no longer found, and removed when
 * the store is pruned. A writer that is killed leaves a line without its reply, which is found by nobody.
 */
export class LocalReplyCache implements ReplyCache {
  constructor(
    private readonly cached: ContentStore,
    private readonly shared: StoreFiles,
    private readonly now: () => number = Date.now,
  ) {}

  async keep(shelf: ReplyShelf, { run, reply }: KeptReply): Promise<void> {
    const salted = { salt: randomUUID(), reply };
    const line: KeptLine = { run, reply: hashOf(salted), until: this.now() + shelf.ttlMs };
    // First the line, by which whoever prunes finds the reply.
    await this.shared.append(logOf(shelf, this.#period(shelf)), JSON.stringify(line), false);
    await inScopeOf(run, () => this.cached.put(salted));
  }

  async find(shelf: ReplyShelf): Promise<readonly Json[]> {
    const period = this.#period(shelf);
    const logs = await Promise.all([period - 1, period].map((each) => this.shared.log(logOf(shelf, each))));
    const live = logs.flatMap(linesOf).filter(({ until }) => until > this.now());
    const replies = await Promise.all(live.slice(-MAX_LOOKED_AT).map((line) => this.#read(line)));
    return replies.filter((reply) => reply !== undefined).reverse();
  }

  async #read({ run, reply }: KeptLine): Promise<Json | undefined> {
    try {
      const salted = await inScopeOf(run, () => this.cached.get(reply));
      return (salted as { readonly reply: Json }).reply;
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

/** Where a line's reply is, to be looked for on behalf of its run. */
export function cachedFile({ reply }: KeptLine): StoreFile {
  return { folder: 'cached', name: reply };
}

/** A line that a killed writer left unfinished is none. */
export function linesOf(log: string | undefined): readonly KeptLine[] {
  return (log?.split('\n') ?? []).flatMap((text) => {
    try {
      return text === '' ? [] : [JSON.parse(text) as KeptLine];
    } catch {
      return [];
    }
  });
}
