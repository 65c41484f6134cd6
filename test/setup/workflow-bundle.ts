import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');
const BUNDLED_FOLDERS = ['contract', 'agent', 'workflows'];

/**
 * The bundle of Baton's workflows for `Worker.create({ workflowBundle })`, as `npm run build` made it.
 *
 * @throws Error when it is missing or older than a source file that goes into it: a stale bundle would test old code.
 */
export function workflowBundle(name = 'workflow-bundle.js'): { readonly codePath: string } {
  const codePath = join(ROOT, 'dist', name);
  const built = statSync(codePath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newest = Math.max(...BUNDLED_FOLDERS.map((folder) => newestFile(join(ROOT, 'src', folder))));
  if (built < newest) throw new Error(`${codePath} is missing or stale: run "npm run build"`);
  return { codePath };
}

function newestFile(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return Math.max(...entries.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}
