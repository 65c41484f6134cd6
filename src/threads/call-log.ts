import type { Json } from '../contract/json';
import type { LeaseHolder } from './store';

/** One line of a call's log: an attempt took the lease, or announced an effect. */
export type LogEntry = Lease | Intent;

interface Lease extends LeaseHolder {
  readonly kind: 'lease';
}

interface Intent extends LeaseHolder {
  readonly kind: 'intent';
  /** Tells an intent from every other, of the same attempt too. */
  readonly id: string;
  readonly note: Json;
}

/** What a log says: the attempt that holds the lease, and the first effect announced by a holder. */
export interface CallState {
  readonly holder?: LeaseHolder;
  readonly intent?: Intent;
}

/** A line with a break on both sides: one that a killed writer left unfinished spoils no other. */
export function writeEntry(entry: LogEntry): string {
  return `\n${JSON.stringify(entry)}\n`;
}

/**
 * Reads a log from its beginning. Every process reads the same lines in the same order and so comes to the same
 * holder; the one that appended a line learns from this whether it counted. A lease counts unless the same activity
 * already has a higher attempt; an intent counts if its writer held the lease.
 */
export function readLog(text: string): CallState {
  const highest = new Map<string, number>();
  let holder: LeaseHolder | undefined;
  let intent: Intent | undefined;
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry === undefined) continue;
    const { activity, attempt } = entry;
    if (entry.kind === 'intent') {
      if (isSame(holder, entry)) intent ??= entry;
    } else if (attempt >= (highest.get(activity) ?? attempt)) {
      highest.set(activity, attempt);
      holder = { activity, attempt };
    }
  }
  return { ...(holder === undefined ? {} : { holder }), ...(intent === undefined ? {} : { intent }) };
}

export function isSame(one: LeaseHolder | undefined, other: LeaseHolder): boolean {
  return one?.activity === other.activity && one.attempt === other.attempt;
}

function parseLine(line: string): LogEntry | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}
