import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isExecutable, type Search, type Way } from './way';

/**
 * Fetches an executable into a scratch folder and keeps it under its versioned name.
 * Safe for several processes at once: each fetches for itself, and the rename is atomic, so the kept file is always
 * whole. A crash leaves at most a scratch folder, never half an executable under the kept name.
 */
export async function keepExecutable(
  search: Search,
  keptName: string,
  fetch: (scratch: string) => Promise<string>,
): Promise<string> {
  const scratch = join(search.cacheDirectory, `fetching-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(scratch, { recursive: true });
  try {
    const fetched = await fetch(scratch);
    await chmod(fetched, 0o755);
    const kept = join(search.cacheDirectory, keptName);
    await rename(fetched, kept);
    return kept;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What an earlier search has kept. */
export function keptBefore(keptName: string): Way {
  return {
    name: 'fetched before',
    async try(search) {
      const kept = join(search.cacheDirectory, keptName);
      if (await isExecutable(kept)) return kept;
      throw new Error(`${kept} does not exist`);
    },
  };
}
