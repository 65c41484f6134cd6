import { z } from 'zod';
import type { ModelRequest } from '../../../src/models/provider';
import { toolResults } from '../../../src/testing/read-request';

/** A document as the file tools returned it. */
export interface ReadDocument {
  readonly file: string;
  readonly lines: readonly string[];
}

/** What `list_files` found, once it was asked: documents alone. */
export function listedFiles(request: ModelRequest): readonly string[] | undefined {
  const listed = toolResults(request).find(({ name, isError }) => name === 'list_files' && !isError);
  if (listed === undefined) return undefined;
  const { files } = z
    .object({ files: z.array(z.object({ path: z.string() })) })
    .parse(JSON.parse(listed.content));
  return files.map(({ path }) => path).filter((path) => /\.(md|txt)$/.test(path));
}

/** Every document that was read from its first line; one that could not be read is not among them. */
export function readDocuments(request: ModelRequest): readonly ReadDocument[] {
  const paths = new Map(
    request.messages
      .flatMap(({ content }) => content)
      .flatMap((part) => (part.type === 'toolCall' ? [[part.id, String(part.args.path)] as const] : [])),
  );
  return toolResults(request).flatMap(({ id, name, content, isError }) => {
    const file = paths.get(id);
    if (name !== 'read_file' || isError || file === undefined) return [];
    const { text } = z.object({ text: z.string() }).parse(JSON.parse(content));
    return [{ file, lines: text.split('\n') }];
  });
}
