import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keepExecutable } from './keep-executable';
import { runCommand } from './run-command';
import { isExecutable, type Way } from './way';

/** A download of 50 MB on a slow line; without a network the SDK gives up at once. */
const DOWNLOAD_TIMEOUT_MS = 180_000;

/**
 * Runs in a process of its own, because the SDK's native runtime is one per process and belongs to the worker.
 * Booting the server once is the SDK's only door to its download.
 */
const DOWNLOAD_PROGRAM = `
const [testing, method, downloadDir, version] = process.argv.slice(1);
const executable = { type: 'cached-download', downloadDir, version };
require(testing).TestWorkflowEnvironment[method]({ server: { executable } })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

export interface SdkDownload {
  readonly method: 'createLocal' | 'createTimeSkipping';
  readonly version: string;
  readonly keptName: string;
}

/** The Temporal SDK's own download from Temporal's site. */
export function bySdkDownload(download: SdkDownload): Way {
  return {
    name: "the SDK's own download",
    try: (search) =>
      keepExecutable(search, download.keptName, async (scratch) => {
        const args = [require.resolve('@temporalio/testing'), download.method, scratch, download.version];
        await runCommand(process.execPath, ['-e', DOWNLOAD_PROGRAM, ...args], {
          env: search.env,
          timeoutMs: DOWNLOAD_TIMEOUT_MS,
        });
        for (const file of await readdir(scratch)) {
          if (await isExecutable(join(scratch, file))) return join(scratch, file);
        }
        throw new Error('the download holds no executable');
      }),
  };
}
