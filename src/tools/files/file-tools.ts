import * as fs from 'node:fs';
import { failure } from '../../contract/fail';
import type { Tool } from '../tool';
import type { Root } from './inside-root';
import { listFiles } from './list-files';
import { readFile } from './read-file';
import { searchFiles } from './search-files';

export interface FileToolsOptions {
  /** Folder that the tools see. Nothing outside it can be read. */
  readonly root: string;
  /** Names of files and folders that stay hidden wherever they are; one that ends in `*` hides all that begin so. */
  readonly hidden?: readonly string[];
}

/** Version control, dependencies, the store's transcripts, and where secrets usually are. */
export const HIDDEN_BY_DEFAULT: readonly string[] = [
  '.git',
  'node_modules',
  '.baton',
  '.env',
  '.env.*',
  '.ssh',
  '.npmrc',
];

/**
 * `list_files`, `read_file` and `search_files` over one folder: reads only, safe to repeat, bounded in size and time, and
 * so local. Throws InvalidInput where the root is no folder. Hard links and mounts below the root count as inside it.
 */
export function fileTools({ root, hidden = HIDDEN_BY_DEFAULT }: FileToolsOptions): readonly Tool[] {
  const seen: Root = {
    folder: realFolder(root),
    hides: (name) => hidden.some((rule) => matches(rule, name)),
  };
  return [listFiles(seen), readFile(seen), searchFiles(seen)];
}

function realFolder(root: string): string {
  const real = fs.existsSync(root) ? fs.realpathSync(root) : undefined;
  if (real !== undefined && fs.statSync(real).isDirectory()) return real;
  throw failure('InvalidInput', `the root of the file tools, ${root}, is no folder: name one that exists`);
}

function matches(rule: string, name: string): boolean {
  // Case aside: on macOS and Windows `.GIT` opens `.git`.
  const [wanted, given] = [rule.toLowerCase(), name.toLowerCase()];
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : given === wanted;
}
