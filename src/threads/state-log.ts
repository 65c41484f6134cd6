import { hashOf } from '../contract/hash';
import type { SharedState, StateEntry, StateKey } from '../contract/shared-state';
import type { StoreFiles } from './store-files';

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
    // A break on both sides: a line that a killed writer left unfinished spoils no other.
    await this.files.append(this.#fileOf(key), `\n${JSON.stringify(line)}\n`, true);
  }

  async history(key: StateKey): Promise<readonly StateEntry[]> {
    const bytes = await this.files.read(this.#fileOf(key));
    const byId = new Map<string, StateEntry>();
    for (const text of bytes?.toString().split('\n') ?? []) {
      const line = parse(text);
      if (line !== undefined && !byId.has(line.id)) byId.set(line.id, line.entry);
    }
    return [...byId.values()];
  }

  #fileOf(key: StateKey): string {
    return this.files.pathOf('state', hashOf(key));
  }
}

function parse(text: string): Line | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
