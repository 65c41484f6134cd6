import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../src/contract/json';
import { alertSchema } from './contracts';

/** The alert of an incident's folder; the tools read the rest of it. Throws what the file system throws. */
export async function readInput(path: string): Promise<Json> {
  return alertSchema.parse(JSON.parse(await readFile(join(path, 'alert.json'), 'utf8')));
}
