import {
  ExternalStorage,
  type Payload,
  type StorageDriver,
  StorageDriverClaim,
  type StorageDriverRetrieveContext,
  type StorageDriverStoreContext,
} from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { failure } from '../contract/fail';
import { getBytes, putBytes } from './content-store';
import type { StoreFiles } from './store-files';

/** Payloads from this size on, in bytes, go to the store instead of Temporal's history. */
export const PAYLOAD_THRESHOLD_BYTES = 256 * 1024;

const codec = temporal.api.common.v1.Payload;

/**
 * Temporal's external storage in the files of a store: an input or result from 256 KiB on leaves its hash in the
 * history and its bytes here. Client and workers must all have it, with the same store; a reader without it fails by name.
 * What comes here is encrypted already, where anything is.
 */
export function payloadStorage(files: StoreFiles): ExternalStorage {
  return new ExternalStorage({
    drivers: [new StorePayloadDriver(files)],
    payloadSizeThreshold: PAYLOAD_THRESHOLD_BYTES,
  });
}

class StorePayloadDriver implements StorageDriver {
  /** Written into histories: it never changes. */
  readonly name = 'baton-store';
  readonly type = 'baton.localstore';

  constructor(private readonly files: StoreFiles) {}

  async store(context: StorageDriverStoreContext, payloads: Payload[]): Promise<StorageDriverClaim[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        context.abortSignal?.throwIfAborted();
        const { hash, bytes } = await putBytes(
          this.files,
          'payloads',
          Buffer.from(codec.encode(payload).finish()),
        );
        return new StorageDriverClaim({ hash, bytes: String(bytes) });
      }),
    );
  }

  async retrieve(context: StorageDriverRetrieveContext, claims: StorageDriverClaim[]): Promise<Payload[]> {
    return Promise.all(
      claims.map(async ({ claimData: { hash } }) => {
        context.abortSignal?.throwIfAborted();
        if (hash === undefined) throw failure('StoredValueMissing', 'a stored payload came without its hash');
        return codec.decode(await getBytes(this.files, 'payloads', hash));
      }),
    );
  }
}
