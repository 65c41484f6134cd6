import { z } from 'zod';
import type { Json } from '../../src/contract/json';
import type { ModelRequest } from '../../src/models/provider';
import { output, type ScriptedReply, toolCall, toolCalls } from '../../src/models/scripted-reply';
import { openingJson, openingText, toolResults } from '../../src/testing/read-request';
import { chapterOf } from './offline/chapter';
import { listedFiles, readDocuments } from './offline/documents';
import { doubtsAbout } from './offline/doubts';
import { editReport } from './offline/editing';
import { outlineOf } from './offline/outline';
import { chapterSchema, checkedSchema, doubtsSchema, outlineSchema } from './report-contracts';

/** The team without a model: extraction, counting and comparison over what the file tools return. */
export function offline(request: ModelRequest): ScriptedReply {
  switch (request.agent) {
    case 'outliner':
      return outliner(request);
    case 'writer':
      return writer(request);
    case 'fact-checker':
      return factChecker(request);
    case 'editor': {
      const { quotes, doubts } = z
        .object({ quotes: checkedSchema, doubts: doubtsSchema })
        .parse(openingJson(request));
      return output(editReport(quotes, doubts));
    }
    default:
      throw new Error(`There is no offline agent "${request.agent}".`);
  }
}

function outliner(request: ModelRequest): ScriptedReply {
  const listed = listedFiles(request);
  if (listed === undefined) return toolCall('list_files', {});
  return withDocuments(request, listed, () =>
    outlineOf(readDocuments(request), topicOf(openingJson(request))),
  );
}

function writer(request: ModelRequest): ScriptedReply {
  const { chapters } = outlineSchema.parse(openingJson(request));
  const number = Number(/chapter (\d+)/.exec(openingText(request))?.[1]);
  const plan = chapters[number - 1];
  if (plan === undefined) return output({ heading: `Chapter ${number}`, statements: [] });
  return withDocuments(request, plan.files, () => chapterOf(plan, readDocuments(request)));
}

function factChecker(request: ModelRequest): ScriptedReply {
  const chapters = Object.values(z.record(z.string(), chapterSchema).parse(openingJson(request)));
  const files = new Set(chapters.flatMap(({ statements }) => statements.map(({ file }) => file)));
  return withDocuments(request, [...files].sort(), () => doubtsAbout(chapters, readDocuments(request)));
}

/** Asks for the files first, all in one turn; answers once they have come. */
function withDocuments(request: ModelRequest, files: readonly string[], answer: () => Json): ScriptedReply {
  const asked = toolResults(request).some(({ name }) => name === 'read_file');
  if (asked || files.length === 0) return output(answer());
  return toolCalls(...files.map((path) => ({ name: 'read_file', args: { path } })));
}

function topicOf(input: Json | undefined): string {
  return z.object({ topic: z.string() }).parse(input).topic;
}
