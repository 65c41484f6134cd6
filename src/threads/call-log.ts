import type { Json } from '../contract/json';
import type { LeaseHolder } from './store';

/** One line of a call's log: an attempt took the lease, announced an effect, sent a request, or reported what came back. */
export type LogEntry = LeaseEntry | IntentEntry | SentEntry | UnsentEntry | ResultEntry;

interface LeaseEntry extends LeaseHolder {
  readonly kind: 'lease';
}

interface IntentEntry extends LeaseHolder {
  readonly kind: 'intent';
  /** Tells an intent from every other, of the same attempt too. */
  readonly id: string;
  readonly note: Json;
}

export interface SentEntry extends LeaseHolder {
  readonly kind: 'sent';
  readonly id: string;
  readonly worst: Json;
}

interface UnsentEntry extends LeaseHolder {
  readonly kind: 'unsent';
  readonly id: string;
}

interface ResultEntry extends LeaseHolder {
  readonly kind: 'result';
  readonly result: KeptResult;
}

/** A result in the log itself, or the name of a large one in the content store. */
export type KeptResult = { readonly value: Json } | { readonly hash: string };

/** What a log says: the attempt that holds the lease, the first effect announced, the first result reported. */
export interface CallState {
  holder?: LeaseHolder;
  intent?: IntentEntry;
  result?: KeptResult;
  /** Sent, and neither taken back nor followed by a result of its sender. */
  readonly sent: SentEntry[];
}

/**
 * Reads a log from its beginning. Every process reads the same lines in the same order and comes to the same state, so
 * the one that appended a line learns from this whether it counted. A lease counts unless the same activity already
 * had a higher attempt; an intent or a result counts if its writer then held the lease and there was no result yet.
 */
export function readLog(text: string): CallState {
  const highest = new Map<string, number>();
  const state: CallState = { sent: [] };
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry === undefined || state.result !== undefined) continue;
    const { activity, attempt } = entry;
    if (entry.kind === 'lease') {
      if (attempt < (highest.get(activity) ?? attempt)) continue;
      highest.set(activity, attempt);
      state.holder = { activity, attempt };
    } else if (entry.kind === 'sent') {
      state.sent.push(entry);
    } else if (entry.kind === 'unsent') {
      const at = state.sent.findIndex(({ id }) => id === entry.id);
      if (at !== -1) state.sent.splice(at, 1);
    } else if (isHeldBy(state, entry)) {
      if (entry.kind === 'intent') state.intent ??= entry;
      else state.result = entry.result;
    }
  }
  return state;
}

export function isHeldBy(state: CallState, holder: LeaseHolder): boolean {
  return state.holder?.activity === holder.activity && state.holder.attempt === holder.attempt;
}

/** A line that is no JSON was cut by a crash, or is still being written: it is not there yet. */
function parseLine(line: string): LogEntry | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}
