import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const resultSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  /** Test files that could not run at all: none of their tests is counted above. */
  numRuntimeErrorTestSuites: z.number(),
});

/** Runs jest with the arguments given and closes with one line that says how many tests passed and failed. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-test-result-'));
  try {
    const file = join(folder, 'result.json');
    const exitCode = await runJest(['--json', '--outputFile', file, ...process.argv.slice(2)]);
    const result = resultSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    process.exitCode = exitCode !== 0 || failed > 0 ? 1 : 0;
    console.log(`${result.numPassedTests} passed, ${failed} failed`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives jest's exit code. Its report goes to stderr; its JSON to the file, with a note on stdout that we drop. */
function runJest(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [require.resolve('jest/bin/jest'), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

main().catch((error: unknown) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
