import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../src/contract/json';

export const paperSchema = z.object({
  /** Where the paper comes from, for people. */
  source: z.string().default('the paper'),
  /** Markdown, as `parseOptions` reads it. */
  text: z.string(),
});

/** Reads a design paper from a Markdown file. Throws what the file system throws. */
export async function readInput(path: string): Promise<Json> {
  return { source: basename(path), text: await readFile(path, 'utf8') };
}
