import path from 'node:path';
import type { DataConverter } from '@temporalio/common';
import type { Encryption } from '../secrets/encryption-from-environment';
import { LocalCallJournal } from './call-journal';
import { LocalContentStore } from './content-store';
import { DataKeys } from './data-keys';
import { SHARED_SCOPE } from './data-scope';
import { EncryptionCodec } from './encryption-codec';
import { type Durability, FolderFiles } from './folder-files';
import { LocalIncidentLog } from './incident-log';
import { payloadStorage } from './payload-storage';
import { type Pruned, type PruneOptions, pruneStore } from './prune-store';
import { LocalRegistryStore } from './registry-store';
import { LocalReplyCache } from './reply-cache';
import { S3Files, s3PlaceOf } from './s3-files';
import { SealedFiles } from './sealed-files';
import { LocalSharedState } from './state-log';
import type { Store } from './store';
import type { StoreFiles } from './store-files';
import { LocalThreadStore } from './thread-store';

export interface StoreOptions {
  /**
   * Absolute path of a folder, made where it is missing, or `s3://bucket/prefix`, whose bucket must be there. Every process
   * of a run must reach the same one.
   */
  readonly folder: string;
  /** Of a folder; S3 keeps what it has answered. Default `process`: what was written survives any crash of the process, not a loss of power. */
  readonly durability?: Durability;
  /** Default: nothing is encrypted, neither here nor in Temporal. */
  readonly encryption?: Encryption;
}

/** A store, and what client and workers must give Temporal so that they read the same. */
export interface OpenStore {
  readonly store: Store;
  readonly dataConverter: DataConverter;
  /** Absent where nothing is encrypted. */
  readonly keys?: DataKeys;
  /** See {@link pruneStore}. */
  prune(options?: PruneOptions): Promise<Pruned>;
}

/** Throws StoreUnavailable where the folder cannot be made. */
export function openStore(options: StoreOptions): OpenStore {
  const s3 = s3PlaceOf(options.folder);
  const files =
    s3 === undefined ? new FolderFiles(options.folder, options.durability ?? 'process') : new S3Files(s3);
  const externalStorage = payloadStorage(files);
  const { encryption } = options;
  if (encryption === undefined)
    return {
      store: storeOf(files),
      dataConverter: { externalStorage },
      prune: (prune) => pruneStore({ files, own: files }, prune),
    };
  const keys = new DataKeys(files, encryption.ring);
  const { required } = encryption;
  const sealed = (scope?: string): StoreFiles =>
    new SealedFiles({ files, keys, readsPlaintext: !required, ...(scope === undefined ? {} : { scope }) });
  const own = sealed();
  return {
    store: storeOf(own, sealed(SHARED_SCOPE)),
    dataConverter: {
      externalStorage,
      payloadCodecs: [new EncryptionCodec(keys, { required })],
      failureConverterPath: path.resolve(__dirname, '..', 'contract', 'encoded-failures'),
    },
    keys,
    prune: (prune) => pruneStore({ files, own, keys }, prune),
  };
}

/** `shared` holds what belongs to no run. */
function storeOf(files: StoreFiles, shared: StoreFiles = files): Store {
  const content = new LocalContentStore(files);
  return {
    content,
    threads: new LocalThreadStore(content, files),
    journal: new LocalCallJournal(files, content),
    incidents: new LocalIncidentLog(files),
    state: new LocalSharedState(files),
    registry: new LocalRegistryStore(shared, new LocalContentStore(shared)),
    replies: new LocalReplyCache(new LocalContentStore(files, 'cached'), shared),
  };
}
