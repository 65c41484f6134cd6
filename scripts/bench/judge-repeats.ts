import { type CallRecord, repeatedCalls } from '../../src/testing/call-record';
import type { LogEntry } from '../../src/threads/call-log';
import { journalLogs } from '../journal-logs';

export interface Repeats {
  /** Calls made again although the reply of the first stood in the journal. */
  readonly repeatedCalls: number;
  /** Calls made again because the caller died between the provider's last byte and the journal's write. */
  readonly inWindow: number;
}

/**
 * Tells the two kinds of repeats apart by the journal in the store's folder. A caller writes a lease before it calls out. So
 * the first reply was lost on its way to the journal if, and only if, the result there is that of the last lease and there
 * was one lease for each call.
 */
export function judgeRepeats(calls: readonly CallRecord[], storeFolder: string): Repeats {
  const repeated = repeatedCalls(calls);
  if (repeated.length === 0) return { repeatedCalls: 0, inWindow: 0 };
  const logs = journalLogs(storeFolder);
  const inWindow = repeated.filter(({ callKey = '' }) => {
    const log = logs.get(callKey) ?? [];
    const made = calls.filter((call) => call.callKey === callKey).length;
    return log.filter(({ kind }) => kind === 'lease').length >= made && isAnsweredByLast(log);
  }).length;
  return { repeatedCalls: repeated.length - inWindow, inWindow };
}

function isAnsweredByLast(log: readonly LogEntry[]): boolean {
  const [last] = log.filter(({ kind }) => kind === 'lease').slice(-1);
  const result = log.find(({ kind }) => kind === 'result');
  if (last === undefined || result === undefined) return false;
  const isSame = result.activity === last.activity && result.attempt === last.attempt;
  return isSame && log.indexOf(result) > log.lastIndexOf(last);
}
