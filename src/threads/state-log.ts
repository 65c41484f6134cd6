import { hashOf } from '../contract/hash';
import type { SharedState, StateEntry, StateKey } from '../contract/run/shared-state';
import type { StoreFile, StoreFiles } from './store-files';

interface Line {
  readonly id: string;
  readonly entry: StateEntry;
}

/**
 * Each key is a file of lines that are only ever appended, so that processes need no lock: the order of the lines is the
 * key's history. Of lines with one id the first counts.
 */
export class LocalSharedState implements SharedState {
  constructor(private readonly files: StoreFiles) {}

  async put(key: StateKey, entry: StateEntry, id: string): Promise<void> {
    const line: Line = { id, entry };
    await this.files.append(logOf(key), JSON.stringify(line), true);
  }

  async history(key: StateKey): Promise<readonly StateEntry[]> {
    const log = await this.files.log(logOf(key));
    const byId = new Map<string, StateEntry>();
    for (const text of log?.split('\n') ?? []) {
      const line = parse(text);
      if (line !== undefined && !byId.has(line.id)) byId.set(line.id, line.entry);
    }
    return [...byId.values()];
  }
}

function logOf(key: StateKey): StoreFile {
  return { folder: 'state', name: hashOf(key) };
}

function parse(text: string): Line | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
