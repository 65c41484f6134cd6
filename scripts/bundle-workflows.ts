import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { WORKFLOW_INTERCEPTORS } from '../src/workers/workflow-source';
import { buildBundle } from './build-bundle';

const SOURCES = resolve(__dirname, '..', 'src');
const WORKFLOWS = join(SOURCES, 'workflows', 'index.js');
const INTERCEPTORS = WORKFLOW_INTERCEPTORS.map((name) => join(SOURCES, 'workflows', `${name}.js`));
const MARKED_PAYLOADS = join(SOURCES, 'contract', 'marked-payloads.js');
const ENCODED_FAILURES = join(SOURCES, 'contract', 'encoded-failures.js');

async function main(): Promise<void> {
  if (!existsSync(WORKFLOWS)) throw new Error(`${WORKFLOWS} does not exist: run "npm run build"`);
  const common = { payloads: MARKED_PAYLOADS, interceptors: INTERCEPTORS };
  await write('workflow-bundle.js', await buildBundle(WORKFLOWS, common));
  const encrypted = { ...common, failures: ENCODED_FAILURES };
  await write('workflow-bundle-encrypted.js', await buildBundle(WORKFLOWS, encrypted));
}

/** A worker may start while we write: it reads the old bundle or the new one, never half of one. */
async function write(name: string, code: string): Promise<void> {
  const file = resolve(__dirname, '..', name);
  await writeFile(`${file}.${process.pid}`, code);
  await rename(`${file}.${process.pid}`, file);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
