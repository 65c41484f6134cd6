import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { failure } from '../contract/fail';
import { asLine, type ListedFiles, type StoreFile, type StoreFolder } from './store-files';

/** What a finished write survives: the death of the process, or also the loss of power (file and folder are flushed). */
export type Durability = 'process' | 'power';

/**
 * Files up to this size are read and written in line: some system calls of about ten microseconds each, where a
 * hand-over to the thread pool and back costs more and would let other work in between. Larger ones don't block.
 */
const IN_LINE_BYTES = 256 * 1024;

/** A staged file this old belongs to nobody: its writer died. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/**
 * The files of a store in a local folder. Each is staged beside them and then renamed to its name, so that a reader in any
 * process, and after any crash, finds it whole or not at all. The folder must be on a file system with atomic rename
 * and atomic append, as local disks have (NFS has not). Throws StoreUnavailable.
 */
export class FolderFiles implements ListedFiles {
  readonly #staging: string;
  readonly #writer = randomUUID();
  #staged = 0;

  constructor(
    readonly place: string,
    readonly durability: Durability,
  ) {
    this.#staging = path.join(place, 'staging');
    try {
      // Transcripts are private: a folder made here is closed to the machine's other users.
      fs.mkdirSync(place, { recursive: true, mode: 0o700 });
      for (const name of ['staging', 'objects', 'journal'])
        fs.mkdirSync(path.join(place, name), { recursive: true });
      this.#sweep();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  async scope(): Promise<string> {
    return '';
  }

  async size(at: StoreFile): Promise<number | undefined> {
    return this.#size(this.#pathOf(at));
  }

  async read(at: StoreFile): Promise<Buffer | undefined> {
    return this.#read(this.#pathOf(at));
  }

  async all(folder: StoreFolder): Promise<readonly Buffer[]> {
    let names: readonly string[];
    try {
      names = await fsp.readdir(path.join(this.place, folder));
    } catch (error) {
      if (isCode(error, 'ENOENT')) return [];
      throw this.#unavailable(error);
    }
    const found = await Promise.all(names.map((name) => this.read({ folder, name })));
    return found.filter((bytes) => bytes !== undefined);
  }

  async *names(folder: StoreFolder): AsyncGenerator<string, void, undefined> {
    try {
      for await (const { name } of await fsp.opendir(path.join(this.place, folder))) yield name;
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw this.#unavailable(error);
    }
  }

  async remove(at: StoreFile): Promise<boolean> {
    const file = this.#pathOf(at);
    try {
      await fsp.unlink(file);
      await this.#flushFolder(file);
      return true;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw this.#unavailable(error);
    }
  }

  async write(at: StoreFile, bytes: Buffer): Promise<void> {
    const file = this.#pathOf(at);
    try {
      const staged = await this.#stage(bytes);
      this.#inFolder(file, () => fs.renameSync(staged, file));
      await this.#flushFolder(file);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  async create(at: StoreFile, bytes: Buffer): Promise<boolean> {
    const file = this.#pathOf(at);
    try {
      const staged = await this.#stage(bytes);
      try {
        // Unlike a rename, a link never takes the place of what is there.
        this.#inFolder(file, () => fs.linkSync(staged, file));
      } finally {
        fs.rmSync(staged, { force: true });
      }
      await this.#flushFolder(file);
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw this.#unavailable(error);
    }
  }

  async keep(at: StoreFile): Promise<void> {
    await this.#flushFolder(this.#pathOf(at));
  }

  async log(at: StoreFile): Promise<string | undefined> {
    return (await this.#read(this.#pathOf(at)))?.toString();
  }

  async append(at: StoreFile, line: string, flush: boolean): Promise<string> {
    const file = this.#pathOf(at);
    try {
      const fd = this.#inFolder(file, () => fs.openSync(file, 'a+'));
      try {
        // One write in append mode: the kernel puts the texts of several processes one after the other, mixing none.
        fs.writeSync(fd, asLine(line));
        if (flush && this.durability === 'power') await flushFile(fd);
        const bytes = Buffer.allocUnsafe(fs.fstatSync(fd).size);
        const length = fs.readSync(fd, bytes, 0, bytes.length, 0);
        if (flush) await this.#flushFolder(file);
        return bytes.toString('utf8', 0, length);
      } finally {
        fs.closeSync(fd);
      }
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /**
   * Not sharded: today's file systems index a folder of any length, and ext4 puts new folders far apart, so that a new file
   * in one of 256 costs it three times as much (measured: 0.1 ms and 0.03 ms).
   */
  #pathOf({ folder, name }: StoreFile): string {
    return path.join(this.place, folder, name);
  }

  #size(file: string): number | undefined {
    try {
      return fs.statSync(file, { throwIfNoEntry: false })?.size;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  async #read(file: string): Promise<Buffer | undefined> {
    try {
      const size = this.#size(file);
      if (size === undefined) return undefined;
      return size <= IN_LINE_BYTES ? fs.readFileSync(file) : await fsp.readFile(file);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /** Makes the names in a file's folder survive a loss of power, where the store promises it. */
  async #flushFolder(file: string): Promise<void> {
    if (this.durability !== 'power') return;
    try {
      await flush(path.dirname(file));
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  async #stage(bytes: Buffer): Promise<string> {
    const staged = path.join(this.#staging, `${this.#writer}-${this.#staged++}`);
    if (bytes.length <= IN_LINE_BYTES && this.durability === 'process')
      this.#inFolder(staged, () => fs.writeFileSync(staged, bytes, { flag: 'wx' }));
    else {
      const handle = await fsp.open(staged, 'wx');
      try {
        await handle.writeFile(bytes);
        if (this.durability === 'power') await handle.sync();
      } finally {
        await handle.close();
      }
    }
    return staged;
  }

  /** Tries first and makes the folder only where it is missing: the common case costs no look-up. */
  #inFolder<T>(file: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
      const folder = path.dirname(file);
      const made = fs.mkdirSync(folder, { recursive: true });
      if (made !== undefined && this.durability === 'power')
        flushNow([path.dirname(made), path.dirname(folder)]);
      return action();
    }
  }

  #sweep(): void {
    const before = Date.now() - ABANDONED_AFTER_MS;
    for (const name of fs.readdirSync(this.#staging)) {
      const file = path.join(this.#staging, name);
      const found = fs.statSync(file, { throwIfNoEntry: false });
      if (found !== undefined && found.mtimeMs < before) fs.rmSync(file, { force: true });
    }
  }

  #unavailable(error: unknown): Error {
    const code = codeOf(error) ?? String(error);
    const cause = error instanceof Error ? { cause: error } : {};
    return failure(
      'StoreUnavailable',
      `the store ${this.place} cannot be used (${code}): check that the folder exists, is writable and has room`,
      { details: [{ folder: this.place, code }], ...cause },
    );
  }
}

const flushFile = promisify(fs.fsync);

async function flush(folder: string): Promise<void> {
  const handle = await fsp.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function flushNow(folders: readonly string[]): void {
  for (const folder of folders) {
    const fd = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  }
}

function isCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

/** By shape and not by class: an error of another realm (a test runner's, a vm's) is no instance of this one's Error. */
function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
