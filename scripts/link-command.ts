import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../src/server/package-root';

/**
 * Puts the built command where `npx baton` looks first. npm links no package's own `bin` into its own node_modules; with
 * one in package.json, npx would install this folder into its cache and build it anew on the first call, and an
 * interrupted first call would leave that cache broken for good.
 */
async function main(): Promise<void> {
  const root = packageRoot();
  const folder = join(root, 'node_modules', '.bin');
  await chmod(join(root, 'dist', 'src', 'cli', 'main.js'), 0o755);
  await mkdir(folder, { recursive: true });
  await rm(join(folder, 'baton'), { force: true });
  await symlink('../../dist/src/cli/main.js', join(folder, 'baton'));
}

void main();
