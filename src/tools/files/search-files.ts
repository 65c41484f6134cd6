import { z } from 'zod';
import { defineTool } from '../define-tool';
import type { Tool } from '../tool';
import { folderInside, openInside, type Root, shownPath } from './inside-root';
import { isBinary } from './read-lines';
import { walk } from './walk';

export const MAX_MATCHES = 200;
/** Files beyond this size are not searched, and a search reads no more than this of all files together. */
export const MAX_FILE_BYTES = 1024 * 1024;
export const MAX_SEARCHED_BYTES = 32 * 1024 * 1024;
/** The search stops here and says so, inside the two seconds of a local tool. */
const PATIENCE_MS = 1500;
const MAX_LINE_CHARS = 300;

const matchSchema = z.strictObject({ path: z.string(), line: z.number(), text: z.string() });

export function searchFiles(root: Root): Tool {
  return defineTool({
    name: 'search_files',
    description: `Finds the lines that hold a text, in all text files below a folder, at most ${MAX_MATCHES}. The text is taken as it is: no pattern.`,
    input: z.strictObject({
      text: z.string().min(1).max(500).describe('Text to find, within one line'),
      folder: z.string().default('.').describe('Folder below the root, "." for the root itself'),
      ending: z.string().default('').describe('Only files whose name ends so, such as ".ts"'),
      ignoreCase: z.boolean().default(false),
    }),
    output: z.strictObject({
      matches: z.array(matchSchema),
      complete: z.boolean(),
      note: z.string().optional(),
    }),
    effect: 'read',
    repeat: 'safe',
    local: true,
    run: async ({ text, folder, ending, ignoreCase }, { signal }) => {
      const until = performance.now() + PATIENCE_MS;
      // Plain comparison, no regular expression: none that a model writes can keep the worker busy.
      const holds = ignoreCase
        ? (line: string) => line.toLowerCase().includes(text.toLowerCase())
        : (line: string) => line.includes(text);
      const from = await folderInside(root, folder);
      const { files, cut } = await walk(root, from, { signal, depth: Number.POSITIVE_INFINITY });
      const found = new Findings(cut);
      for (const file of files) {
        if (!file.endsWith(ending)) continue;
        signal.throwIfAborted();
        if (performance.now() > until) found.stop('it took too long');
        if (found.stopped) break;
        const path = shownPath(root, file);
        const content = await textOfFile(root, path, found);
        if (content !== undefined) found.add(path, content, holds);
      }
      return found.result();
    },
  });
}

/** What a search has found so far, and why it is not all. */
class Findings {
  readonly #matches: z.infer<typeof matchSchema>[] = [];
  readonly #missing: string[] = [];
  bytes = 0;
  large = 0;
  stopped = false;

  constructor(cut: boolean) {
    if (cut) this.#missing.push('the folder holds too many files: search further down');
  }

  stop(reason: string): void {
    this.stopped = true;
    this.#missing.push(`the search stopped early because ${reason}: search further down, or for more`);
  }

  add(path: string, content: string, holds: (line: string) => boolean): void {
    let line = 0;
    for (const text of content.split('\n')) {
      line++;
      if (!holds(text)) continue;
      if (this.#matches.length === MAX_MATCHES) {
        this.stop(`${MAX_MATCHES} lines were found`);
        return;
      }
      this.#matches.push({ path, line, text: text.slice(0, MAX_LINE_CHARS) });
    }
  }

  result(): { matches: z.infer<typeof matchSchema>[]; complete: boolean; note?: string } {
    if (this.large > 0)
      this.#missing.push(`${this.large} files above ${MAX_FILE_BYTES} bytes were not searched`);
    const complete = this.#missing.length === 0;
    return { matches: this.#matches, complete, ...(complete ? {} : { note: this.#missing.join('; ') }) };
  }
}

async function textOfFile(root: Root, path: string, found: Findings): Promise<string | undefined> {
  // A file that is gone, or may not be read, is no match; it must not end the search.
  const opened = await openInside(root, path).catch(() => undefined);
  if (opened === undefined) return undefined;
  const { handle, bytes } = opened;
  try {
    if (bytes > MAX_FILE_BYTES) {
      found.large++;
      return undefined;
    }
    if (found.bytes + bytes > MAX_SEARCHED_BYTES) {
      found.stop(`${MAX_SEARCHED_BYTES / 1024 ** 2} MiB were read`);
      return undefined;
    }
    found.bytes += bytes;
    if (await isBinary(handle)) return undefined;
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
