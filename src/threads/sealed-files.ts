import { createHmac } from 'node:crypto';
import { failure, failureType } from '../contract/fail';
import { SEAL_BYTES, seal, unseal } from '../secrets/seal';
import type { DataKey, DataKeys } from './data-keys';
import { scopeHere } from './data-scope';
import type { StoreFile, StoreFiles, StoreFolder } from './store-files';

/** Says that a file is sealed, in which form; then the run whose key it is, behind the length of its name. */
const MAGIC = Buffer.from('BTN1');
const HEADER_BYTES = MAGIC.length + 2;

export interface SealedFilesOptions {
  readonly files: StoreFiles;
  readonly keys: DataKeys;
  /** Whether files are read too that were written before encryption was turned on. */
  readonly readsPlaintext: boolean;
  /** The run whose they are. @default the one on whose behalf they are used: see `inScopeOf` */
  readonly scope?: string;
}

/**
 * Files sealed with the data key of the run on whose behalf they are used ({@link scopeHere}). Their names are sealed too:
 * a content hash would tell whoever knows a text that it is there. So what two runs have in common stands in the store
 * twice, and neither finds the other's.
 */
export class SealedFiles implements StoreFiles {
  readonly place: string;

  constructor(private readonly options: SealedFilesOptions) {
    this.place = options.files.place;
  }

  async scope(): Promise<string> {
    return `${(await this.#key()).of}\n`;
  }

  async size(at: StoreFile): Promise<number | undefined> {
    const key = await this.#key();
    const size = await this.options.files.size(sealedName(key, at));
    return size === undefined ? undefined : size - headerOf(key).length - SEAL_BYTES;
  }

  async read(at: StoreFile): Promise<Buffer | undefined> {
    const key = await this.#key();
    const name = sealedName(key, at);
    const sealed = await this.options.files.read(name);
    if (sealed !== undefined) return unsealed(key, sealed, name.folder);
    return this.options.readsPlaintext ? this.options.files.read(at) : undefined;
  }

  async all(folder: StoreFolder): Promise<readonly Buffer[]> {
    const files = await this.options.files.all(folder);
    const found = await Promise.all(files.map((bytes) => this.#openFrom(folder, bytes)));
    return found.filter((bytes) => bytes !== undefined);
  }

  async write(at: StoreFile, bytes: Buffer): Promise<void> {
    const key = await this.#key();
    const name = sealedName(key, at);
    await this.options.files.write(name, close(key, bytes, name));
  }

  async create(at: StoreFile, bytes: Buffer): Promise<boolean> {
    const key = await this.#key();
    const name = sealedName(key, at);
    return this.options.files.create(name, close(key, bytes, name));
  }

  async remove(at: StoreFile): Promise<boolean> {
    const { files, readsPlaintext } = this.options;
    if (await files.remove(sealedName(await this.#key(), at))) return true;
    return readsPlaintext && files.remove(at);
  }

  async keep(at: StoreFile): Promise<void> {
    await this.options.files.keep(sealedName(await this.#key(), at));
  }

  async log(at: StoreFile): Promise<string | undefined> {
    const key = await this.#key();
    const name = sealedName(key, at);
    const sealed = await this.options.files.log(name);
    if (sealed !== undefined) return openLines(key, sealed, name);
    return this.options.readsPlaintext ? this.options.files.log(at) : undefined;
  }

  async append(at: StoreFile, line: string, flush: boolean): Promise<string> {
    const key = await this.#key();
    const name = sealedName(key, at);
    const sealed = seal(key.bytes, Buffer.from(line), aboutLine(name)).toString('base64');
    const owned = `${Buffer.from(key.of).toString('base64url')} ${sealed}`;
    return openLines(key, await this.options.files.append(name, owned, flush), name);
  }

  #key(): Promise<DataKey> {
    return this.options.keys.of(this.options.scope ?? scopeHere());
  }

  /** Undefined where the run was forgotten. */
  async #openFrom(folder: StoreFolder, bytes: Buffer): Promise<Buffer | undefined> {
    const run = ownerOfFile(bytes);
    if (run === undefined) return this.options.readsPlaintext ? bytes : undefined;
    try {
      return unsealed(await this.options.keys.existing(run), bytes, folder);
    } catch (error) {
      if (failureType(error) === 'RunForgotten') return undefined;
      throw error;
    }
  }
}

function sealedName(key: DataKey, { folder, name }: StoreFile): StoreFile {
  return { folder, name: createHmac('sha256', key.bytes).update(`${folder}/${name}`).digest('hex') };
}

function headerOf({ of: run }: DataKey): Buffer {
  const name = Buffer.from(run);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length);
  return Buffer.concat([MAGIC, length, name]);
}

/** The run whose key sealed a file that was written whole; undefined where it is not sealed. */
export function ownerOfFile(bytes: Buffer): string | undefined {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  return bytes.toString('utf8', HEADER_BYTES, HEADER_BYTES + bytes.readUInt16BE(MAGIC.length));
}

/** Bound to the folder and not to the name, so that a whole folder can be read; the content's own hash binds it to its name. */
function close(key: DataKey, plain: Buffer, { folder }: StoreFile): Buffer {
  return Buffer.concat([headerOf(key), seal(key.bytes, plain, folder)]);
}

function unsealed(key: DataKey, bytes: Buffer, folder: StoreFolder): Buffer {
  const plain = unseal(key.bytes, bytes.subarray(headerOf(key).length), folder);
  if (plain !== undefined) return plain;
  throw failure('DecryptionFailed', `A file of run "${key.of}" does not open with its key: it was changed.`, {
    details: [{ run: key.of, folder }],
  });
}

/** The run whose key sealed a log's lines, by the first line that is whole enough to say; undefined where none is sealed. */
export function ownerOfLog(bytes: Buffer): string | undefined {
  // The space behind it tells a name that is whole from one that was cut, which may be another run's.
  const [, owner] = /^([\w-]+) [\w+/]+=*$/m.exec(bytes.toString()) ?? [];
  return owner === undefined ? undefined : Buffer.from(owner, 'base64url').toString();
}

function aboutLine({ folder, name }: StoreFile): string {
  return `${folder}/${name}`;
}

/** The lines of a log. One that does not open was cut by a crash, or is still being written: it is not there yet. */
export function openLines(key: DataKey, log: string, name: StoreFile): string {
  const lines = log.split('\n').filter((line) => line !== '');
  const opened = lines.map((line) => {
    const sealed = line.slice(line.indexOf(' ') + 1);
    return unseal(key.bytes, Buffer.from(sealed, 'base64'), aboutLine(name));
  });
  return opened.flatMap((line) => (line === undefined ? [] : [line.toString()])).join('\n');
}
