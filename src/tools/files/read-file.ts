import { z } from 'zod';
import { defineTool } from '../define-tool';
import type { Tool } from '../tool';
import { openInside, type Root } from './inside-root';
import { isBinary, readLines } from './read-lines';

/** Text that one call returns, in bytes: some 16,000 tokens. */
export const MAX_READ_BYTES = 64 * 1024;
/** How far into a file a call looks for its first line. */
export const MAX_SCAN_BYTES = 32 * 1024 * 1024;
const MAX_LINES = 5000;

export function readFile(root: Root): Tool {
  return defineTool({
    name: 'read_file',
    description: `Reads a text file, at most ${MAX_READ_BYTES / 1024} KiB of it at a time. To go on, ask again from the line after "lastLine".`,
    input: z.strictObject({
      path: z.string().min(1).describe('File below the root'),
      firstLine: z.int().min(1).default(1).describe('Line to begin with, from 1'),
      lines: z.int().min(1).max(MAX_LINES).default(MAX_LINES).describe('Lines to read at most'),
    }),
    output: z.strictObject({
      text: z.string(),
      firstLine: z.number(),
      lastLine: z.number(),
      complete: z.boolean().describe('False where the file goes on'),
      note: z.string().optional(),
    }),
    effect: 'read',
    repeat: 'safe',
    local: true,
    run: async ({ path, firstLine, lines }, { signal }) => {
      const { handle } = await openInside(root, path);
      try {
        if (await isBinary(handle)) throw new Error(`"${path}" is no text file`);
        const { text, last, end } = await readLines(handle, {
          first: firstLine,
          lines,
          maxBytes: MAX_READ_BYTES,
          maxScan: MAX_SCAN_BYTES,
          signal,
        });
        if (end === 'scan' && text === '')
          throw new Error(
            `line ${firstLine} of "${path}" lies beyond the first ${MAX_SCAN_BYTES / 1024 ** 2} MiB`,
          );
        const note =
          end === 'bytes' ? { note: 'The last line may be cut: the text reached the size limit.' } : {};
        return { text, firstLine, lastLine: last, complete: end === 'file', ...note };
      } finally {
        await handle.close();
      }
    },
  });
}
