import { join, resolve } from 'node:path';

const BATON_DIRECTORY = resolve(__dirname, '..', '..', '.baton');

/** Executables that earlier runs fetched: tests that start servers of their own use them too. */
export const CACHE_DIRECTORY = join(BATON_DIRECTORY, 'bin');

/** One folder a test run, named for its process, with the record of its dev server. */
export const RUNS_DIRECTORY = join(BATON_DIRECTORY, 'test-runs');

export function runDirectory(): string {
  return join(RUNS_DIRECTORY, String(process.pid));
}
