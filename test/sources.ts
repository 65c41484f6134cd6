import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..');

export interface Source {
  /** From the root, with forward slashes: `src/contract/agent.ts`. */
  readonly path: string;
  readonly text: string;
  /** The project's own files that it imports, as paths from the root; type-only imports too. */
  readonly imports: readonly string[];
}

/** Every TypeScript file below the folders. */
export function readSources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => readSource(join(entry.parentPath, entry.name))),
  );
}

function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const imports = importedModules(text)
    .filter((module) => module.startsWith('.'))
    .map((module) => `${relative(ROOT, resolve(dirname(file), module))}.ts`);
  return { path: relative(ROOT, file), text, imports };
}

/** Module names of every import, export-from, dynamic import, import type and require in a source text. */
export function importedModules(text: string): string[] {
  const forms = [
    /^\s*(?:import|export)\b[^;'"]*?\bfrom\s+['"]([^'"]+)['"]/gm,
    /^\s*import\s+['"]([^'"]+)['"]/gm,
    /\b(?:import|require|require\.resolve)\(\s*['"]([^'"]+)['"]/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1] ?? ''));
}
