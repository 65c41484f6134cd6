import { randomUUID } from 'node:crypto';
import { failure } from '../contract/fail';
import type { Json } from '../contract/json';
import type { Hash } from '../contract/value';
import { type CallState, isHeldBy, type KeptResult, type LogEntry, readLog } from './call-log';
import { isHash } from './content-hash';
import type { CallJournal, ContentStore, Lease, LeaseHolder } from './store';
import type { StoreFile, StoreFiles } from './store-files';

/** A result whose JSON is longer stands in the content store, so that a log stays quick to read. */
const RESULT_IN_LOG_BYTES = 16 * 1024;

/**
 * Each call is one short file of lines that are only ever appended: leases, intents, the result. The order of the lines
 * decides every race between processes, so there is nothing to lock, and a call costs its folder one file and no
 * deletion (ext4 makes new files slowly for seconds after many were deleted).
 */
export class LocalCallJournal implements CallJournal {
  constructor(
    private readonly files: StoreFiles,
    private readonly content: ContentStore,
  ) {}

  async find(key: Hash): Promise<Json | undefined> {
    const text = await this.files.log(logOf(key));
    if (text === undefined) return undefined;
    const { result } = readLog(text);
    return result === undefined ? undefined : this.#load(result);
  }

  async lease(key: Hash, holder: LeaseHolder): Promise<Lease> {
    const { activity, attempt } = holder;
    const state = await this.#append(key, { kind: 'lease', activity, attempt });
    if (state.result !== undefined || !isHeldBy(state, holder)) throw stale({ key, holder });
    const unsettled = state.sent
      .filter((sent) => sent.activity === activity && sent.attempt < attempt)
      .map(({ worst }) => worst);
    return { key, holder, unsettled };
  }

  async sent({ key, holder }: Lease, id: string, worst: Json): Promise<void> {
    await this.#append(key, { kind: 'sent', ...holder, id, worst });
  }

  async unsent({ key, holder }: Lease, id: string): Promise<void> {
    await this.#append(key, { kind: 'unsent', ...holder, id });
  }

  async record(lease: Lease, result: Json): Promise<Json> {
    const { activity, attempt } = lease.holder;
    const kept = await this.#keep(result);
    const state = await this.#append(lease.key, { kind: 'result', activity, attempt, result: kept });
    if (state.result === undefined) throw stale(lease);
    return this.#load(state.result);
  }

  async intend(lease: Lease, note: Json): Promise<void> {
    const { activity, attempt } = lease.holder;
    const id = randomUUID();
    const state = await this.#append(lease.key, { kind: 'intent', activity, attempt, id, note });
    if (state.result !== undefined || !isHeldBy(state, lease.holder)) throw stale(lease);
    if (state.intent?.id === id) return;
    throw failure(
      'EffectAmbiguous',
      'an earlier attempt was about to cause this effect and left no result: find out whether it took place',
      { details: [{ key: lease.key, intent: { ...state.intent } }] },
    );
  }

  async #append(key: Hash, entry: LogEntry): Promise<CallState> {
    // A lease lost with the power takes its holder with it; an intent or a result must not be lost.
    const flush = entry.kind === 'intent' || entry.kind === 'result';
    return readLog(await this.files.append(logOf(key), JSON.stringify(entry), flush));
  }

  async #keep(result: Json): Promise<KeptResult> {
    if (JSON.stringify(result).length <= RESULT_IN_LOG_BYTES) return { value: result };
    return { hash: (await this.content.put(result)).hash };
  }

  async #load(result: KeptResult): Promise<Json> {
    return 'value' in result ? result.value : this.content.get(result.hash);
  }
}

function logOf(key: Hash): StoreFile {
  if (!isHash(key))
    throw new TypeError('a journal key must be a sha256 in lower-case hex: make it with hashOf');
  return { folder: 'journal', name: key };
}

function stale({ key, holder }: Pick<Lease, 'key' | 'holder'>): Error {
  return failure(
    'StaleAttempt',
    `attempt ${holder.attempt} of activity ${holder.activity} was overtaken by another attempt of the same call`,
    { details: [{ key, ...holder }] },
  );
}
