import path from 'node:path';
import { z } from 'zod';
import { failure } from '../contract/fail';
import { type Encryption, encryptionFromEnvironment } from '../secrets/encryption-from-environment';
import type { Durability } from './folder-files';
import { type OpenStore, openStore } from './open-store';
import { s3PlaceOf } from './s3-files';

export const DEFAULT_STORE = path.join('.baton', 'store');

const settingsSchema = z.object({
  BATON_STORE: z.string().min(1).default(DEFAULT_STORE),
  BATON_DURABILITY: z.enum(['process', 'power']).default('process'),
});

export interface StoreSettings {
  /** Or `s3://bucket/prefix`. */
  readonly folder: string;
  readonly durability: Durability;
  readonly encryption?: Encryption;
}

/**
 * Where the store is, by `BATON_STORE` (a folder, default `.baton/store` under the working directory, or `s3://bucket/prefix`) and
 * `BATON_DURABILITY` (`process`, the default, or `power`), and what encrypts it and everything in Temporal: see
 * {@link encryptionFromEnvironment}. Throws InvalidInput on any other setting.
 */
export function storeSettings(env: NodeJS.ProcessEnv): StoreSettings {
  const settings = settingsSchema.safeParse(env);
  if (!settings.success)
    throw failure(
      'InvalidInput',
      `the store's settings are wrong: ${settings.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    );
  const isS3 = settings.data.BATON_STORE.startsWith('s3://');
  if (isS3 && s3PlaceOf(settings.data.BATON_STORE) === undefined)
    throw failure('InvalidInput', `the store's settings are wrong: BATON_STORE: write s3://bucket/prefix`);
  const encryption = encryptionFromEnvironment(env);
  return {
    folder: isS3 ? settings.data.BATON_STORE : path.resolve(settings.data.BATON_STORE),
    durability: settings.data.BATON_DURABILITY,
    ...(encryption === undefined ? {} : { encryption }),
  };
}

/** The store that client and worker share when both have the same environment. */
export function openStoreFromEnvironment(env: NodeJS.ProcessEnv): OpenStore {
  return openStore(storeSettings(env));
}
