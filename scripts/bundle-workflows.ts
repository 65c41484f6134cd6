import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildBundle } from './build-bundle';

const WORKFLOWS = resolve(__dirname, '..', 'src', 'workflows', 'index.js');
const BUNDLE = resolve(__dirname, '..', 'workflow-bundle.js');

async function main(): Promise<void> {
  if (!existsSync(WORKFLOWS)) throw new Error(`${WORKFLOWS} does not exist: run "npm run build"`);
  // A worker may start while we write: it reads the old bundle or the new one, never half of one.
  await writeFile(`${BUNDLE}.${process.pid}`, await buildBundle(WORKFLOWS));
  await rename(`${BUNDLE}.${process.pid}`, BUNDLE);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
