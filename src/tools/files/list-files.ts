import * as fs from 'node:fs/promises';
import { z } from 'zod';
import { defineTool } from '../define-tool';
import type { Tool } from '../tool';
import { folderInside, type Root, shownPath } from './inside-root';
import { walk } from './walk';

/** Files that one call lists. */
export const MAX_LISTED = 500;
const MAX_DEPTH = 32;

export function listFiles(root: Root): Tool {
  return defineTool({
    name: 'list_files',
    description: `Lists the files below a folder with their size in bytes, sorted by path, at most ${MAX_LISTED}.`,
    input: z.strictObject({
      folder: z.string().default('.').describe('Folder below the root, "." for the root itself'),
      depth: z
        .int()
        .min(0)
        .max(MAX_DEPTH)
        .default(MAX_DEPTH)
        .describe('Levels of folders to go down; 0 lists this folder alone'),
      ending: z.string().default('').describe('Only files whose name ends so, such as ".ts"'),
    }),
    output: z.strictObject({
      files: z.array(z.strictObject({ path: z.string(), bytes: z.number() })),
      complete: z.boolean().describe('False where there are more files: list a folder further down'),
    }),
    effect: 'read',
    repeat: 'safe',
    local: true,
    run: async ({ folder, depth, ending }, { signal }) => {
      const from = await folderInside(root, folder);
      const { files, cut } = await walk(root, from, { signal, depth });
      const wanted = files.filter((file) => file.endsWith(ending));
      const listed = await Promise.all(
        wanted.slice(0, MAX_LISTED).map(async (file) => {
          // Without following: the file may have become a link since.
          const found = await fs.lstat(file).catch(() => undefined);
          return found?.isFile() === true ? [{ path: shownPath(root, file), bytes: found.size }] : [];
        }),
      );
      return { files: listed.flat(), complete: !cut && wanted.length <= MAX_LISTED };
    },
  });
}
