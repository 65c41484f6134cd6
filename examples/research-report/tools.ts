import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import { fileTools } from '../../src/tools/files/file-tools';
import type { Tool, ToolContext } from '../../src/tools/tool';
import { checkQuotes } from './check-quotes';
import { chapterSchema, checkedSchema } from './report-contracts';

const LONGEST_DOCUMENT_LINES = 5000;

/** The file tools over the documents' folder, and the check of what was quoted from them. */
export function createTools({ filesRoot }: { readonly filesRoot: string }): readonly Tool[] {
  const files = fileTools({ root: filesRoot });
  return [...files, quoteCheck(files)];
}

function quoteCheck(files: readonly Tool[]): Tool {
  return defineTool({
    name: 'check_quotes',
    description: 'Compares every quote of the chapters with the document that it names.',
    input: z.object({ chapters: z.record(z.string(), chapterSchema) }),
    output: checkedSchema,
    effect: 'read',
    repeat: 'safe',
    run: async ({ chapters }, context) =>
      checkQuotes(Object.values(chapters), (file) => readWhole(files, file, context)),
  });
}

/** By way of `read_file`, so that a quote can name no file that the agents could not read. */
async function readWhole(
  files: readonly Tool[],
  path: string,
  context: ToolContext,
): Promise<string | undefined> {
  const reader = files.find(({ name }) => name === 'read_file');
  const result = await reader
    ?.run({ path, firstLine: 1, lines: LONGEST_DOCUMENT_LINES }, context)
    .catch(() => undefined);
  const read = z.object({ text: z.string() }).safeParse(result);
  return read.success ? read.data.text : undefined;
}
