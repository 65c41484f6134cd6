import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const NOT_SOURCE = new Set(['node_modules', 'dist', 'build', 'coverage', 'target', 'vendor', '__pycache__']);
/** Larger files are data or generated; no reviewer reads them in one piece. */
const LARGEST_FILE_BYTES = 200_000;

/** Every text file below a folder as a diff that adds it, hidden folders and build output left out. */
export async function folderAsDiff(root: string): Promise<string> {
  const diffs = await Promise.all((await filesBelow(root)).map((path) => fileAsDiff(root, path)));
  return diffs.join('');
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.') && !NOT_SOURCE.has(name))
      .sort((left, right) => left.name.localeCompare(right.name))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return filesBelow(path);
        return entry.isFile() ? [path] : [];
      }),
  );
  return found.flat();
}

async function fileAsDiff(root: string, path: string): Promise<string> {
  const content = await readFile(path);
  if (content.length === 0 || content.length > LARGEST_FILE_BYTES || content.includes(0)) return '';
  const name = relative(root, path).split(sep).join('/');
  const lines = content.toString('utf8').replace(/\n$/, '').split('\n');
  const added = lines.map((line) => `+${line}\n`).join('');
  return `diff --git a/${name} b/${name}\nnew file mode 100644\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1,${lines.length} @@\n${added}`;
}
