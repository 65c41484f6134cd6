import type { Dirent } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';

/** The one folder that the file tools see, and what in it they don't. */
export interface Root {
  /** Its real path: no symbolic link on the way. */
  readonly folder: string;
  /** Is a file or folder of that name kept from the tools? */
  readonly hides: (name: string) => boolean;
}

/** An open file that is inside the root. Whoever asked for it closes it. */
export interface OpenFile {
  readonly handle: fs.FileHandle;
  readonly bytes: number;
}

/**
 * The real path of what a model names, which must exist inside the root. Refuses absolute paths, `..`, NUL, hidden names and
 * symbolic links that lead outside. Its errors are for the model and name no path but the one it gave.
 */
export async function realInside(root: Root, given: string): Promise<string> {
  const parts = given.split(/[/\\]/);
  if (given.includes('\0') || path.isAbsolute(given) || path.win32.isAbsolute(given) || parts.includes('..'))
    throw new Error(`"${printable(given)}" is refused: give a path below the root folder, without ".."`);
  const real = await fs.realpath(path.join(root.folder, ...parts)).catch((error: unknown) => {
    throw new Error(`"${printable(given)}" cannot be opened: ${reasonOf(error)}`);
  });
  if (!isInside(root, real))
    throw new Error(`"${printable(given)}" is refused: it leads out of the root folder`);
  if (relativeParts(root, real).some(root.hides))
    throw new Error(`"${printable(given)}" is refused: it is kept from these tools`);
  return real;
}

/** The real path of a folder inside the root. */
export async function folderInside(root: Root, given: string): Promise<string> {
  const real = await realInside(root, given);
  if ((await fs.stat(real).catch(() => undefined))?.isDirectory()) return real;
  throw new Error(`"${printable(given)}" is no folder`);
}

/** Opens a regular file inside the root. */
export async function openInside(root: Root, given: string): Promise<OpenFile> {
  const real = await realInside(root, given);
  // No link may have taken the file's place, and a pipe must not keep us waiting for a writer.
  const flags = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
  const handle = await fs.open(real, flags).catch((error: unknown) => {
    throw new Error(`"${printable(given)}" cannot be opened: ${reasonOf(error)}`);
  });
  try {
    const opened = await handle.stat();
    if (!opened.isFile()) throw new Error(`"${printable(given)}" is no regular file`);
    if (!(await isSeen(root, handle, real)))
      throw new Error(`"${printable(given)}" changed while it was opened: try again`);
    return { handle, bytes: opened.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The entries of a folder inside the root, by its real path; none where it cannot be read, or is the folder no more. */
export async function entriesInside(root: Root, real: string): Promise<Dirent[]> {
  const flags = fs.constants.O_RDONLY | (fs.constants.O_DIRECTORY ?? 0) | (fs.constants.O_NOFOLLOW ?? 0);
  const handle = await fs.open(real, flags).catch(() => undefined);
  if (handle === undefined) return [];
  try {
    if (!(await isSeen(root, handle, real))) return [];
    // Through the open folder, not by its path once more, where the system lets us.
    const through = (await nameOf(handle)) === undefined ? real : descriptor(handle);
    return await fs.readdir(through, { withFileTypes: true });
  } catch {
    return [];
  } finally {
    await handle.close();
  }
}

/**
 * Is what was opened inside the root, and not hidden? A folder on the way may have been swapped for a link since the path
 * was looked at, so on Linux the system is asked what it has opened. Elsewhere the path must still lead to the same
 * file, which somebody who swaps folders at the right three moments could arrange.
 */
async function isSeen(root: Root, handle: fs.FileHandle, real: string): Promise<boolean> {
  const name = await nameOf(handle);
  if (name !== undefined) return isInside(root, name) && !relativeParts(root, name).some(root.hides);
  const [opened, now, again] = await Promise.all([
    handle.stat(),
    fs.stat(real).catch(() => undefined),
    fs.realpath(real).catch(() => undefined),
  ]);
  return again === real && now?.dev === opened.dev && now.ino === opened.ino;
}

/** The real path of what is open, as the system knows it; undefined where it does not tell. */
function nameOf(handle: fs.FileHandle): Promise<string | undefined> {
  return fs.readlink(descriptor(handle)).catch(() => undefined);
}

function descriptor({ fd }: fs.FileHandle): string {
  return `/proc/self/fd/${fd}`;
}

/** A real path as models see it: below the root, with `/`. */
export function shownPath(root: Root, real: string): string {
  return relativeParts(root, real).join('/');
}

function relativeParts(root: Root, real: string): string[] {
  return path
    .relative(root.folder, real)
    .split(path.sep)
    .filter((part) => part !== '');
}

function isInside(root: Root, real: string): boolean {
  const first = path.relative(root.folder, real).split(path.sep)[0];
  return first !== '..' && !path.isAbsolute(path.relative(root.folder, real));
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'ENOTDIR':
      return 'a part of the path is no folder';
    case 'ELOOP':
      return 'it is a link';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read';
    default:
      return `the system says ${String(code ?? 'no more')}`;
  }
}

function printable(given: string): string {
  return JSON.stringify(given.slice(0, 200)).slice(1, -1);
}
