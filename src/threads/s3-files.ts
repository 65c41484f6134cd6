import type { PutObjectCommandInput, S3, S3ClientConfig } from '@aws-sdk/client-s3';
import { failure } from '../contract/fail';
import { asLine, type ListedFiles, type StoreFile, type StoreFolder } from './store-files';

/** A bucket and where in it; undefined where the address is no `s3://bucket/prefix`. */
export function s3PlaceOf(address: string): S3Place | undefined {
  const [, bucket, prefix = ''] = /^s3:\/\/([\w.-]+)(?:\/(.*))?$/.exec(address) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/\/+$/, '') };
}

export interface S3Place {
  readonly bucket: string;
  /** Before every name, without a slash at its end; may be empty. */
  readonly prefix: string;
}

/** Tries of one append against writers of the same log; each waits longer, up to a quarter of a second. */
const MAX_APPENDS = 60;
const LONGEST_WAIT_MS = 250;

/** Files of a folder that are read at one time. */
const CONCURRENT_READS = 16;

interface Found {
  readonly text: string;
  readonly etag: string | undefined;
}

/**
 * The files of a store as objects of an S3 bucket, or of whatever speaks its protocol with conditional writes: `If-None-Match`
 * makes a file once, `If-Match` adds a line to a log only where nobody else has added one since it was read. S3 answers a
 * write once it is durable, so there is nothing to flush. Credentials, region and endpoint are those of the AWS SDK
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, …).
 */
export class S3Files implements ListedFiles {
  readonly place: string;
  readonly #s3: Promise<S3>;

  constructor(
    private readonly where: S3Place,
    config: S3ClientConfig = {},
  ) {
    this.place = `s3://${where.bucket}${where.prefix === '' ? '' : `/${where.prefix}`}`;
    // A tenth of a second that whoever has a local store should not wait.
    this.#s3 = import('@aws-sdk/client-s3').then((sdk) => new sdk.S3({ ...addressing(), ...config }));
  }

  async scope(): Promise<string> {
    return '';
  }

  async size(at: StoreFile): Promise<number | undefined> {
    const found = await this.#ask((s3) => s3.headObject(this.#objectOf(at)));
    return found?.ContentLength;
  }

  async read(at: StoreFile): Promise<Buffer | undefined> {
    return this.#ask(async (s3) => {
      const { Body } = await s3.getObject(this.#objectOf(at));
      return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
    });
  }

  async all(folder: StoreFolder): Promise<readonly Buffer[]> {
    const names: string[] = [];
    for await (const name of this.names(folder)) names.push(name);
    const found: Buffer[] = [];
    for (let first = 0; first < names.length; first += CONCURRENT_READS) {
      const group = names.slice(first, first + CONCURRENT_READS);
      const read = await Promise.all(group.map((name) => this.read({ folder, name })));
      found.push(...read.filter((bytes) => bytes !== undefined));
    }
    return found;
  }

  async *names(folder: StoreFolder): AsyncGenerator<string, void, undefined> {
    const Prefix = this.#key({ folder, name: '' });
    for (let token: string | undefined; ; ) {
      const page = await this.#ask((s3) =>
        s3.listObjectsV2({ Bucket: this.where.bucket, Prefix, ContinuationToken: token }),
      );
      for (const { Key = '' } of page?.Contents ?? []) yield Key.slice(Prefix.length);
      token = page?.NextContinuationToken;
      if (token === undefined) return;
    }
  }

  async remove(at: StoreFile): Promise<boolean> {
    // S3 does not say whether there was anything.
    if ((await this.size(at)) === undefined) return false;
    await this.#ask((s3) => s3.deleteObject(this.#objectOf(at)));
    return true;
  }

  async write(at: StoreFile, bytes: Buffer): Promise<void> {
    await this.#put(at, { Body: bytes });
  }

  async create(at: StoreFile, bytes: Buffer): Promise<boolean> {
    return this.#put(at, { Body: bytes, IfNoneMatch: '*' });
  }

  async keep(): Promise<void> {}

  async log(at: StoreFile): Promise<string | undefined> {
    return (await this.#log(at))?.text;
  }

  async append(at: StoreFile, line: string): Promise<string> {
    for (let attempt = 0; attempt < MAX_APPENDS; attempt += 1) {
      const before = await this.#log(at);
      // A try whose answer was lost may have added it; where others wrote after it, it stands there twice, which no log minds.
      if (attempt > 0 && before?.text.endsWith(asLine(line))) return before.text;
      const text = `${before?.text ?? ''}${asLine(line)}`;
      const unless = before === undefined ? { IfNoneMatch: '*' } : { IfMatch: before.etag };
      if (await this.#put(at, { Body: text, ...unless })) return text;
      await pause(attempt);
    }
    throw this.#unavailable(new Error(`a log changed ${MAX_APPENDS} times while a line was to be added`));
  }

  async #log(at: StoreFile): Promise<Found | undefined> {
    return this.#ask(async (s3) => {
      const { Body, ETag } = await s3.getObject(this.#objectOf(at));
      return Body === undefined ? undefined : { text: await Body.transformToString(), etag: ETag };
    });
  }

  /** False where the condition did not hold. */
  async #put(at: StoreFile, rest: Omit<PutObjectCommandInput, 'Bucket' | 'Key'>): Promise<boolean> {
    try {
      await (await this.#s3).putObject({ ...this.#objectOf(at), ...rest });
      return true;
    } catch (error) {
      // 412: it is there, or another than was read; 409: another writer is at it; 404 with If-Match: it is gone.
      const conditional = rest.IfMatch !== undefined || rest.IfNoneMatch !== undefined;
      if (conditional && [404, 409, 412].includes(statusOf(error) ?? 0)) return false;
      throw this.#unavailable(error);
    }
  }

  /** Undefined where there is no such object. */
  async #ask<T>(question: (s3: S3) => Promise<T>): Promise<T | undefined> {
    try {
      return await question(await this.#s3);
    } catch (error) {
      // A bucket that is not there is no missing file.
      if (statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket') return undefined;
      throw this.#unavailable(error);
    }
  }

  #objectOf(at: StoreFile): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.where.bucket, Key: this.#key(at) };
  }

  #key({ folder, name }: StoreFile): string {
    const { prefix } = this.where;
    return `${prefix === '' ? '' : `${prefix}/`}${folder}/${name}`;
  }

  #unavailable(error: unknown): Error {
    const code = nameOf(error);
    return failure(
      'StoreUnavailable',
      `the store ${this.place} cannot be used (${code}): check bucket, region, endpoint and credentials of the AWS SDK`,
      { details: [{ place: this.place, code }], ...(error instanceof Error ? { cause: error } : {}) },
    );
  }
}

/** A server of one's own seldom has a host name for every bucket. */
function addressing(): S3ClientConfig {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  return AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL ? { forcePathStyle: true } : {};
}

/** Full jitter: writers that met once do not meet again. */
async function pause(attempt: number): Promise<void> {
  const most = Math.min(LONGEST_WAIT_MS, 5 * 2 ** attempt);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * most));
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
