import type { Json } from '../contract/json';
import type { RegistryHead, RegistryPage, RegistrySnapshot } from '../contract/registry/registry';
import type { Message } from '../contract/run/conversation';
import type { SharedState } from '../contract/run/shared-state';
import type { AgentDefinition } from '../contract/team/agent';
import type { Incident } from '../contract/team/classification';
import type { Hash, Ref } from '../contract/value';

/** Content-addressed objects: written once, never changed, readable by every process that shares the store. */
export interface ContentStore {
  /** Stores a JSON value under the hash of its canonical bytes. Atomic: another process sees all of it or nothing. Throws StoreUnavailable. */
  put(value: Json): Promise<Ref>;
  /** The value of that name. Throws StoredValueMissing, StoreUnavailable. */
  get(hash: Hash): Promise<Json>;
  has(hash: Hash): Promise<boolean>;
}

/** The transcript of one agent as a chain of stored nodes; a head's hash names the whole of it. */
export interface ThreadStore {
  append(head: Hash | null, messages: readonly Message[]): Promise<Hash>;
  read(head: Hash | null): Promise<readonly Message[]>;
}

/** Who makes a call: one attempt of one activity. A higher attempt of the same holder takes over, a lower one never. */
export interface LeaseHolder {
  readonly activity: string;
  readonly attempt: number;
}

export interface Lease {
  readonly key: Hash;
  readonly holder: LeaseHolder;
  /** What earlier attempts of the same activity noted as sent, and saw no end of. */
  readonly unsettled: readonly Json[];
}

/**
 * What was called and what came back, by the call's key. Before calling out an attempt takes the lease; a result is
 * recorded only by the attempt that still holds it, so that a frozen older attempt cannot report. The first result
 * recorded under a key stays.
 */
export interface CallJournal {
  find(key: Hash): Promise<Json | undefined>;
  /** Throws StaleAttempt where a newer attempt of the same activity had it, or a result was recorded since `find`. */
  lease(key: Hash, holder: LeaseHolder): Promise<Lease>;
  /** Returns what the journal now holds: this result, or the one that was there first. Throws StaleAttempt. */
  record(lease: Lease, result: Json): Promise<Json>;
  /** Notes that a request is about to be sent, and what it may cost at worst. Not flushed: a loss of power may lose it. */
  sent(lease: Lease, id: string, worst: Json): Promise<void>;
  /** Takes a note back: what was sent has cost nothing. */
  unsent(lease: Lease, id: string): Promise<void>;
  /** Writes that an effect is about to be dispatched. Throws EffectAmbiguous where an earlier intent has no result. */
  intend(lease: Lease, note: Json): Promise<void>;
}

/** What routers were not sure of, to be looked at and exported as training data. */
export interface IncidentLog {
  /** Recording the same again changes nothing. Throws StoreUnavailable. */
  record(incident: Incident): Promise<void>;
  /** All of the store, the oldest first. */
  all(): Promise<readonly Incident[]>;
}

/** What the registries of agents have published, for the runs that resolve by it. */
export interface RegistryStore {
  putDefinition(agent: AgentDefinition): Promise<Hash>;
  /** To be checked by whoever reads it. Throws StoredValueMissing. */
  definition(hash: Hash): Promise<Json>;
  putPage(page: RegistryPage): Promise<Hash>;
  page(hash: Hash): Promise<RegistryPage>;
  snapshot(hash: Hash): Promise<RegistrySnapshot>;
  /** Throws StoreUnavailable. */
  publish(registry: string, snapshot: RegistrySnapshot): Promise<RegistryHead>;
  /** Undefined where nothing was ever published. */
  latest(registry: string): Promise<RegistryHead | undefined>;
  /** What the first caller with that key chose: a choice that was made stays. */
  settle(key: Hash, choice: Json): Promise<Json>;
  settled(key: Hash): Promise<Json | undefined>;
}

/** Where replies to the same call, or the same kind of call, are kept. */
export interface ReplyShelf {
  readonly name: Hash;
  /** How long each of them is found, in milliseconds. */
  readonly ttlMs: number;
}

export interface KeptReply {
  /** The run whose data it is, and with which it is forgotten. */
  readonly run: string;
  readonly reply: Json;
}

/** Replies that runs keep for each other. All methods throw StoreUnavailable. */
export interface ReplyCache {
  keep(shelf: ReplyShelf, kept: KeptReply): Promise<void>;
  /** What is there still, the latest first. */
  find(shelf: ReplyShelf): Promise<readonly Json[]>;
}

export interface Store {
  readonly content: ContentStore;
  readonly threads: ThreadStore;
  readonly journal: CallJournal;
  readonly incidents: IncidentLog;
  /** What the steps of a run have put for each other: see `stateTools`. */
  readonly state: SharedState;
  /** Registered agents, as their registries have published them. */
  readonly registry: RegistryStore;
  readonly replies: ReplyCache;
}
