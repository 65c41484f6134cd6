import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generationKey } from '../src/activities/calls/call-keys';
import type { LogEntry } from '../src/threads/call-log';

/**
 * The logs of the journal in a store's folder by the key that providers see: that of generation 0, for no step of the
 * benches is ever tried anew. A call's log holds its leases and its result in the order in which they were written.
 */
export function journalLogs(storeFolder: string): ReadonlyMap<string, readonly LogEntry[]> {
  const logs = new Map<string, readonly LogEntry[]>();
  const entries = readdirSync(join(storeFolder, 'journal'), { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const lines = readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n');
    logs.set(generationKey(entry.name, 0), lines.flatMap(parse));
  }
  return logs;
}

/** A line that the kill cut is no JSON: it is not there, to the journal's own readers too. */
function parse(line: string): readonly LogEntry[] {
  try {
    return [JSON.parse(line) as LogEntry];
  } catch {
    return [];
  }
}
