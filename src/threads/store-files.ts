/**
 * Folders of a store. `objects` holds JSON by its hash, `payloads` raw bytes by theirs, `journal` calls by their key,
 * `incidents` what routers were unsure of, `state` what steps put for each other, `registry` what
 * registries published, `replies` which runs have replies for others, `cached` those replies, `keys` the data keys of runs.
 */
export type StoreFolder =
  | 'objects'
  | 'payloads'
  | 'journal'
  | 'incidents'
  | 'state'
  | 'registry'
  | 'replies'
  | 'cached'
  | 'keys';

/** Where a file of a store is: a hash in one of the folders. */
export interface StoreFile {
  readonly folder: StoreFolder;
  readonly name: string;
}

/**
 * The files of a store, in a folder or in S3, for any number of processes at once. A reader in any process, and after
 * any crash, finds a file whole or not at all. A file is either written whole or a log that lines are appended to, never
 * both. All methods throw StoreUnavailable.
 */
export interface StoreFiles {
  /** The folder or the bucket, for messages. */
  readonly place: string;
  /** Changes with what may be read: what was read in one scope is not handed out in another. */
  scope(): Promise<string>;
  /** Size in bytes of what `write` was given, undefined where there is no such file. */
  size(at: StoreFile): Promise<number | undefined>;
  read(at: StoreFile): Promise<Buffer | undefined>;
  /** Everything in a folder that can be read; nothing where it was never written to. */
  all(folder: StoreFolder): Promise<readonly Buffer[]>;
  /** Deletes a file; false where there was none. */
  remove(at: StoreFile): Promise<boolean>;
  /** Writes a file whole, in place of one that may be there. */
  write(at: StoreFile, bytes: Buffer): Promise<void>;
  /** Writes a file whole where there is none; of several processes one gets `true`. */
  create(at: StoreFile, bytes: Buffer): Promise<boolean>;
  /** Makes a file that was found there survive what the store's durability says. */
  keep(at: StoreFile): Promise<void>;
  log(at: StoreFile): Promise<string | undefined>;
  /**
   * Adds a line, without breaks in it, at the end of a log and returns the whole log as it then is. With `flush` the line
   * survives what the store's durability says.
   */
  append(at: StoreFile, line: string, flush: boolean): Promise<string>;
}

/** Files as they lie in a folder or a bucket. */
export interface ListedFiles extends StoreFiles {
  /** Names in a folder, a page at a time; what is removed or made meanwhile may be among them or not. */
  names(folder: StoreFolder): AsyncIterable<string>;
}

/** A line with a break on both sides: one that a killed writer left unfinished spoils no other. */
export function asLine(line: string): string {
  return `\n${line}\n`;
}
