import { LRUCache } from 'lru-cache';
import { failure } from '../contract/fail';
import { canonicalJson } from '../contract/hash';
import type { Json } from '../contract/json';
import type { Hash, Ref } from '../contract/value';
import { hashBytes, isHash } from './content-hash';
import type { ContentStore } from './store';
import type { StoreFiles, StoreFolder } from './store-files';

/** Values read lately are kept parsed, up to this many bytes of their JSON. Callers must not change what they get. */
const CACHE_BYTES = 32 * 1024 * 1024;
const CACHED_VALUE_BYTES = 2 * 1024 * 1024;

/** Stores bytes under their hash; writing the same again costs one look-up. */
export async function putBytes(files: StoreFiles, folder: StoreFolder, bytes: Buffer): Promise<Ref> {
  const hash = hashBytes(bytes);
  const at = { folder, name: hash };
  // The size too: without a flush, a loss of power may leave a name with no bytes, which this write repairs.
  if ((await files.size(at)) === bytes.length) await files.keep(at);
  else await files.write(at, bytes);
  return { hash, bytes: bytes.length };
}

/** The bytes of that hash, checked against it. Throws StoredValueMissing, StoreUnavailable. */
export async function getBytes(files: StoreFiles, folder: StoreFolder, hash: Hash): Promise<Buffer> {
  if (!isHash(hash)) throw missing(files, hash, 'is no name of a stored value');
  const bytes = await files.read({ folder, name: hash });
  if (bytes === undefined) throw missing(files, hash, 'is not there');
  if (hashBytes(bytes) !== hash) throw missing(files, hash, 'is damaged');
  return bytes;
}

/** Each value in a file of its own, which holds its canonical JSON and nothing else: `sha256sum` gives its name. */
export class LocalContentStore implements ContentStore {
  /** By scope and hash. */
  readonly #cache = new LRUCache<string, { readonly value: Json; readonly bytes: number }>({
    maxSize: CACHE_BYTES,
    maxEntrySize: CACHED_VALUE_BYTES,
    sizeCalculation: ({ bytes }) => Math.max(1, bytes),
  });

  constructor(
    private readonly files: StoreFiles,
    private readonly folder: 'objects' | 'cached' = 'objects',
  ) {}

  async put(value: Json): Promise<Ref> {
    return putBytes(this.files, this.folder, Buffer.from(canonicalJson(value)));
  }

  async get(hash: Hash): Promise<Json> {
    const known = `${await this.files.scope()}${hash}`;
    const cached = this.#cache.get(known);
    if (cached !== undefined) return cached.value;
    const bytes = await getBytes(this.files, this.folder, hash);
    const value = JSON.parse(bytes.toString()) as Json;
    this.#cache.set(known, { value, bytes: bytes.length });
    return value;
  }

  async has(hash: Hash): Promise<boolean> {
    return isHash(hash) && (await this.files.size({ folder: this.folder, name: hash })) !== undefined;
  }
}

function missing(files: StoreFiles, hash: string, what: string): Error {
  return failure(
    'StoredValueMissing',
    `the stored value ${hash.slice(0, 64)} ${what} in ${files.place}: point BATON_STORE at the store that the run was started with`,
    { details: [{ hash: hash.slice(0, 64), folder: files.place }] },
  );
}
