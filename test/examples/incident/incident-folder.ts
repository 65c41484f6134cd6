import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A copy of the sample that a test may change, and where its changes are ordered. */
export interface IncidentFolder {
  readonly path: string;
  readonly changes: string;
  /** Rewrites one of its files. */
  edit(file: string, change: (text: string) => string): Promise<void>;
  /** The changes ordered so far. */
  ordered(): Promise<readonly unknown[]>;
  remove(): Promise<void>;
}

export async function copyOfSample(): Promise<IncidentFolder> {
  const parent = await mkdtemp(join(tmpdir(), 'baton-incident-'));
  const path = join(parent, 'incident');
  const changes = join(parent, 'changes.jsonl');
  await cp('examples/incident/input/slow-checkout', path, { recursive: true });
  return {
    path,
    changes,
    edit: async (file, change) => {
      const full = join(path, file);
      await writeFile(full, change(await readFile(full, 'utf8')));
    },
    ordered: async () => {
      const text = await readFile(changes, 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown);
    },
    remove: () => rm(parent, { recursive: true }),
  };
}
