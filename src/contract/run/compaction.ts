import type { CallSite } from '../calls/call-site';
import type { Grant } from '../cost/grant';
import type { Usage } from '../cost/usage';
import type { Hash } from '../value';

/** Sums up a transcript but for its latest turns. */
export interface CompactInput {
  readonly site: CallSite;
  /** Who sums up, as it was settled when the run began. */
  readonly definition: Hash;
  readonly thread: Hash;
  /** About how many tokens of the latest turns are kept as they are; the last turn always is. */
  readonly keepTokens: number;
  /** As that of a model call. */
  readonly grant?: Grant;
}

export interface CompactResult {
  /** Head of the transcript with the summary; the same as before where nothing could be summed up. */
  readonly thread: Hash;
  /** How many messages the summary stands for. */
  readonly messages: number;
  /** About how many tokens the transcript now has. */
  readonly contextTokens: number;
  readonly usage: Usage;
}

/** One time that a transcript was summed up. */
export interface Compaction {
  /** Which time it was, from 1. */
  readonly ordinal?: number;
  /** Head of the transcript before: all of it stays readable in the store. */
  readonly thread: Hash;
  readonly messages: number;
}

/** Of an agent that goes on for long, only the latest are named. */
const MAX_NAMED = 20;

/** One list after the other, numbered on; the latest of them. */
export function withCompactions(
  known: readonly Compaction[] = [],
  more: readonly Compaction[],
): readonly Compaction[] {
  const before = known.at(-1)?.ordinal ?? known.length;
  return [
    ...known,
    ...more.map((each, index) => ({ ...each, ordinal: before + (each.ordinal ?? index + 1) })),
  ].slice(-MAX_NAMED);
}
