import path from 'node:path';
import { entriesInside, type Root } from './inside-root';

/** Entries that one walk looks at; a larger tree must be walked folder by folder. */
export const MAX_ENTRIES_SEEN = 20_000;

export interface WalkLimits {
  readonly signal: AbortSignal;
  /** Folders below the first that are entered: 0 for none. */
  readonly depth: number;
}

export interface WalkResult {
  /** Real paths of regular files, in the order of their path's code units, folder by folder. */
  readonly files: readonly string[];
  /** True where the tree holds more than a walk looks at. */
  readonly cut: boolean;
}

/**
 * The regular files below a folder, in the same order every time. Symbolic links are not followed: they could lead round
 * in circles, or outside. Folders that cannot be read are left out.
 */
export async function walk(root: Root, from: string, { signal, depth }: WalkLimits): Promise<WalkResult> {
  const files: string[] = [];
  let seen = 0;
  const enter = async (folder: string, left: number): Promise<boolean> => {
    signal.throwIfAborted();
    const entries = await entriesInside(root, folder);
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const entry of entries) {
      if (++seen > MAX_ENTRIES_SEEN) return false;
      if (root.hides(entry.name)) continue;
      const real = path.join(folder, entry.name);
      if (entry.isFile()) files.push(real);
      else if (entry.isDirectory() && left > 0 && !(await enter(real, left - 1))) return false;
    }
    return true;
  };
  return { cut: !(await enter(from, depth)), files };
}
