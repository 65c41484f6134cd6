import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { failure } from '../../src/contract/fail';
import type { Json } from '../../src/contract/json';

/** The folder's name and what is in it; the agents read the documents themselves. Throws InvalidInput where there are none. */
export async function readInput(path: string): Promise<Json> {
  const documents = (await readdir(path)).filter((name) => /\.(md|txt)$/.test(name)).sort();
  if (documents.length === 0)
    throw failure('InvalidInput', `${path} holds no .md or .txt file. Give a folder of documents.`);
  return { topic: basename(path), documents };
}
