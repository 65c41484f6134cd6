import type { AuditNote } from '../../contract/audit';
import type { Json } from '../../contract/json';
import type { ViewFailure } from '../../contract/run/view';

/** An activity from its request to its end, as its execution saw it. */
export interface PairedCall {
  readonly type: string;
  readonly args: readonly Json[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly endedAt?: number;
  readonly result?: Json;
  readonly failure?: ViewFailure;
}

/** The activities of one execution, in the order in which they were asked for. */
export function pairedCalls(notes: readonly AuditNote[]): readonly PairedCall[] {
  const calls = new Map<string, PairedCall>();
  for (const note of notes) {
    if (note.kind === 'asked') calls.set(note.seq, { type: note.type, args: note.args, at: note.at });
    else if (note.kind === 'answered' || note.kind === 'failed') {
      const call = calls.get(note.seq);
      if (call === undefined) continue;
      const ending = note.kind === 'answered' ? { result: note.result } : { failure: note.failure };
      calls.set(note.seq, { ...call, endedAt: note.at, ...ending });
    }
  }
  return [...calls.values()];
}
