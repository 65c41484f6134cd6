import path from 'node:path';
import { z } from 'zod';
import { failure } from '../contract/fail';
import { type LocalStoreOptions, openLocalStore } from './local-store';
import type { Store } from './store';

export const DEFAULT_STORE = path.join('.baton', 'store');

const settingsSchema = z.object({
  BATON_STORE: z.string().min(1).default(DEFAULT_STORE),
  BATON_DURABILITY: z.enum(['process', 'power']).default('process'),
});

/**
 * Where the store is, by `BATON_STORE` (a folder, default `.baton/store` under the working directory) and
 * `BATON_DURABILITY` (`process`, the default, or `power`). Throws InvalidInput on any other setting.
 */
export function storeSettings(env: NodeJS.ProcessEnv): Required<LocalStoreOptions> {
  const settings = settingsSchema.safeParse(env);
  if (!settings.success)
    throw failure(
      'InvalidInput',
      `the store's settings are wrong: ${settings.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    );
  return { folder: path.resolve(settings.data.BATON_STORE), durability: settings.data.BATON_DURABILITY };
}

/** The store that client and worker share when both have the same environment. */
export function openStoreFromEnvironment(env: NodeJS.ProcessEnv): Store {
  return openLocalStore(storeSettings(env));
}
