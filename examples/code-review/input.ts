import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../src/contract/json';
import { folderAsDiff } from './folder-as-diff';

export const changeInputSchema = z.object({
  /** Where the change comes from, for people. */
  source: z.string().default('the change'),
  /** A unified diff. */
  diff: z.string(),
});

/** Reads a unified diff from a file, or a whole folder as if all of it were new. Throws what the file system throws. */
export async function readInput(path: string): Promise<Json> {
  const isFolder = (await stat(path)).isDirectory();
  const diff = isFolder ? await folderAsDiff(path) : await readFile(path, 'utf8');
  return { source: basename(path), diff };
}
