import { randomUUID } from 'node:crypto';
import { failure } from '../contract/fail';
import type { Json } from '../contract/json';
import type { Hash } from '../contract/value';
import { type CallState, isSame, readLog, writeEntry } from './call-log';
import { isHash } from './content-hash';
import type { CallJournal, Lease, LeaseHolder } from './store';
import type { StoreFiles } from './store-files';

/**
 * A call's result in one file, written whole by whoever is first. Leases and intents are lines of a log beside it,
 * removed once there is a result. A crash between the two leaves a log that nobody reads, since the result is found first.
 */
export class LocalCallJournal implements CallJournal {
  constructor(private readonly files: StoreFiles) {}

  async find(key: Hash): Promise<Json | undefined> {
    const bytes = await this.files.read(this.#resultOf(key));
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(bytes.toString()) as Json;
    } catch {
      // Only a loss of power can leave this, in a store that does not flush: the result is gone, the call is made again.
      return undefined;
    }
  }

  async lease(key: Hash, holder: LeaseHolder): Promise<Lease> {
    const { activity, attempt } = holder;
    const state = await this.#log(key, writeEntry({ kind: 'lease', activity, attempt }));
    if (!isSame(state.holder, holder)) throw stale(key, holder);
    return { key, holder };
  }

  async record(lease: Lease, result: Json): Promise<Json> {
    const { key, holder } = lease;
    if (!isSame((await this.#state(key)).holder, holder)) return this.#foundOrStale(lease);
    const file = this.#resultOf(key);
    const bytes = Buffer.from(JSON.stringify(result));
    let kept = result;
    if (!(await this.files.writeFirst(file, bytes))) {
      const first = await this.find(key);
      if (first === undefined) await this.files.write(file, bytes);
      else kept = first;
    }
    this.files.remove(this.#logOf(key));
    return kept;
  }

  async intend(lease: Lease, note: Json): Promise<void> {
    const { key, holder } = lease;
    const id = randomUUID();
    const state = await this.#log(key, writeEntry({ kind: 'intent', ...holder, id, note }));
    // After the log: a result recorded meanwhile has removed the log, earlier intents with it.
    if ((await this.find(key)) !== undefined || !isSame(state.holder, holder)) throw stale(key, holder);
    if (state.intent?.id === id) return;
    throw failure(
      'EffectAmbiguous',
      'an earlier attempt was about to cause this effect and left no result: find out whether it took place',
      { details: [{ key, intent: { ...state.intent } }] },
    );
  }

  async #foundOrStale(lease: Lease): Promise<Json> {
    const found = await this.find(lease.key);
    if (found === undefined) throw stale(lease.key, lease.holder);
    return found;
  }

  async #state(key: Hash): Promise<CallState> {
    const bytes = await this.files.read(this.#logOf(key));
    return bytes === undefined ? {} : readLog(bytes.toString());
  }

  async #log(key: Hash, line: string): Promise<CallState> {
    return readLog(await this.files.append(this.#logOf(key), line));
  }

  #resultOf(key: Hash): string {
    return this.files.pathOf('journal', checked(key), '.json');
  }

  #logOf(key: Hash): string {
    return this.files.pathOf('journal', checked(key), '.log');
  }
}

function checked(key: Hash): Hash {
  if (isHash(key)) return key;
  throw new TypeError('a journal key must be a sha256 in lower-case hex: make it with hashOf');
}

function stale(key: Hash, holder: LeaseHolder): Error {
  return failure(
    'StaleAttempt',
    `attempt ${holder.attempt} of activity ${holder.activity} was overtaken by another attempt of the same call`,
    { details: [{ key, ...holder }] },
  );
}
