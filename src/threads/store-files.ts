import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { failure } from '../contract/fail';
import type { Hash } from '../contract/value';

/** What a finished write survives: the death of the process, or also the loss of power (file and folder are flushed). */
export type Durability = 'process' | 'power';

/** Folders of a store. `objects` holds JSON by its hash, `payloads` raw bytes by theirs, `journal` calls by their key, `incidents` what routers were unsure of. */
export type StoreFolder = 'objects' | 'payloads' | 'journal' | 'incidents' | 'state' | 'registry';

/**
 * Files up to this size are read and written in line: some system calls of about ten microseconds each, where a
 * hand-over to the thread pool and back costs more and would let other work in between. Larger ones don't block.
 */
const IN_LINE_BYTES = 256 * 1024;

/** A staged file this old belongs to nobody: its writer died. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/**
 * The files of a store. Each is staged beside them and then renamed to its name, so that a reader in any
 * process, and after any crash, finds it whole or not at all. The folder must be on a file system with atomic rename
 * and atomic append, as local disks have (NFS has not). Throws StoreUnavailable.
 */
export class StoreFiles {
  readonly #staging: string;
  readonly #writer = randomUUID();
  #staged = 0;

  constructor(
    readonly folder: string,
    readonly durability: Durability,
  ) {
    this.#staging = path.join(folder, 'staging');
    try {
      // Transcripts are private: a folder made here is closed to the machine's other users.
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of ['staging', 'objects', 'journal'])
        fs.mkdirSync(path.join(folder, name), { recursive: true });
      this.#sweep();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /**
   * Not sharded: today's file systems index a folder of any length, and ext4 puts new folders far apart, so that a new file
   * in one of 256 costs it three times as much (measured: 0.1 ms and 0.03 ms).
   */
  pathOf(folder: StoreFolder, hash: Hash): string {
    return path.join(this.folder, folder, hash);
  }

  /** Size in bytes, undefined where there is no such file. */
  size(file: string): number | undefined {
    try {
      return fs.statSync(file, { throwIfNoEntry: false })?.size;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /** The files of a folder; none where it was never written to. */
  async list(folder: StoreFolder): Promise<readonly string[]> {
    const inStore = path.join(this.folder, folder);
    try {
      return (await fsp.readdir(inStore)).map((name) => path.join(inStore, name));
    } catch (error) {
      if (isCode(error, 'ENOENT')) return [];
      throw this.#unavailable(error);
    }
  }

  async read(file: string): Promise<Buffer | undefined> {
    try {
      const size = this.size(file);
      if (size === undefined) return undefined;
      return size <= IN_LINE_BYTES ? fs.readFileSync(file) : await fsp.readFile(file);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /** Writes a file whole, in place of one that may be there. */
  async write(file: string, bytes: Buffer): Promise<void> {
    try {
      const staged = await this.#stage(bytes);
      this.#inFolder(file, () => fs.renameSync(staged, file));
      await this.flushFolder(file);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /**
   * Adds a short text at the end of a file and returns the whole file as it then is. With `flush` the text survives
   * what the store's durability says.
   */
  async append(file: string, text: string, flush: boolean): Promise<string> {
    try {
      const fd = this.#inFolder(file, () => fs.openSync(file, 'a+'));
      try {
        // One write in append mode: the kernel puts the texts of several processes one after the other, mixing none.
        fs.writeSync(fd, text);
        if (flush && this.durability === 'power') await flushFile(fd);
        const bytes = Buffer.allocUnsafe(fs.fstatSync(fd).size);
        const length = fs.readSync(fd, bytes, 0, bytes.length, 0);
        if (flush) await this.flushFolder(file);
        return bytes.toString('utf8', 0, length);
      } finally {
        fs.closeSync(fd);
      }
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /** Makes the names in a file's folder survive a loss of power, where the store promises it. */
  async flushFolder(file: string): Promise<void> {
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
      `the store ${this.folder} cannot be used (${code}): check that the folder exists, is writable and has room`,
      { details: [{ folder: this.folder, code }], ...cause },
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
