import type { ChangedFile } from './changed-files';

/** A part of a change that one group of reviewers reads. */
export interface Module {
  /** Fit to be a branch's name; unique within the change. */
  readonly name: string;
  readonly paths: readonly string[];
}

/** Changed lines up to which a change is read in one piece: what a reviewer still holds in mind at once. */
const LINES_IN_ONE_PIECE = 80;
/** More modules than this are packed together, however large they get: it bounds what one review can cost. */
const MOST_MODULES = 40;

/** Splits a change along its folders, deeper where one is large, until each part can be read in one piece. */
export function splitIntoModules(files: readonly ChangedFile[]): readonly Module[] {
  let piece = LINES_IN_ONE_PIECE;
  let groups = split(files, 0, piece);
  while (groups.length > MOST_MODULES) {
    piece *= 2;
    groups = pack(split(files, 0, piece), piece);
  }
  return named(groups);
}

function split(files: readonly ChangedFile[], depth: number, piece: number): ChangedFile[][] {
  if (files.length <= 1 || size(files) <= piece) return [[...files]];
  const byFolder = new Map<string, ChangedFile[]>();
  for (const file of files) {
    const parts = file.path.split('/');
    // A file of this very folder is a group of its own, apart from those further down.
    const key = depth < parts.length - 1 ? `${parts[depth]}/` : file.path;
    byFolder.set(key, [...(byFolder.get(key) ?? []), file]);
  }
  return pack(
    [...byFolder.values()].flatMap((group) => split(group, depth + 1, piece)),
    piece,
  );
}

/** Joins neighbours while they fit in one piece, so that many small files don't become many reviews. */
function pack(groups: readonly ChangedFile[][], piece: number): ChangedFile[][] {
  const packed: ChangedFile[][] = [];
  for (const group of groups) {
    const last = packed.at(-1);
    if (last !== undefined && size(last) + size(group) <= piece) last.push(...group);
    else packed.push([...group]);
  }
  return packed;
}

function size(files: readonly ChangedFile[]): number {
  return files.reduce((sum, file) => sum + file.changed, 0);
}

function named(groups: readonly ChangedFile[][]): readonly Module[] {
  const taken = new Set<string>();
  return groups.map((group) => {
    const paths = group.map((file) => file.path);
    const base = branchName(commonFolder(paths));
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    taken.add(name);
    return { name, paths };
  });
}

function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => path.split('/').slice(0, -1));
  const [first = []] = folders;
  let depth = first.length;
  while (!folders.every((parts) => parts.slice(0, depth).join('/') === first.slice(0, depth).join('/')))
    depth -= 1;
  return first.slice(0, depth).join('/');
}

function branchName(folder: string): string {
  const name = folder
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^[^A-Za-z]+|-+$/g, '')
    .slice(-40)
    .replace(/^[^A-Za-z]+/, '');
  return name === '' ? 'change' : name;
}
