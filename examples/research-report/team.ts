import { agent, type NamedAgent } from '../../src/contract/builders/agent';
import type { Built } from '../../src/contract/builders/built';
import { pipeline } from '../../src/contract/builders/in-order';
import { tool } from '../../src/contract/builders/leaves';
import { parallel } from '../../src/contract/builders/side-by-side';
import { team as defineTeam } from '../../src/contract/builders/team';
import { CHAPTERS, chapterSchema, doubtsSchema, outlineSchema, reportSchema } from './report-contracts';

const outliner: NamedAgent = {
  name: 'outliner',
  description: 'Reads the documents and plans the report.',
  instructions: `You plan a report over the documents of a folder. List them, read them, then give a title and ${CHAPTERS} chapters. Each chapter has a heading, the question it answers, and the names of the files that answer it.`,
  tier: 'medium',
  tools: ['list_files', 'read_file'],
  output: outlineSchema,
  limits: { maxTurns: 12, maxOutputTokens: 1500 },
};

const writer: NamedAgent = {
  name: 'writer',
  description: 'Writes one chapter.',
  instructions:
    'You write one chapter of a report. Read the files that the outline names for it. Give three to five statements that answer its question. Each has one sentence of yours, the file, the line, and the quote: words copied exactly from that line. When the outline has no chapter of your number, give no statements.',
  tier: 'light',
  tools: ['read_file', 'search_files'],
  output: chapterSchema,
  limits: { maxTurns: 12, maxOutputTokens: 1200 },
  onMaxTokens: 'fail',
};

const checker: NamedAgent = {
  name: 'fact-checker',
  description: 'Doubts what the documents do not bear out.',
  instructions:
    'You check the facts of a report. Read each file that a statement names. Doubt a sentence when it says more than the file, when a number differs, or when another document disagrees. Name the sentence word for word and say why. When all is well, return an empty list.',
  tier: 'medium',
  tools: ['read_file', 'search_files'],
  output: doubtsSchema,
  limits: { maxTurns: 12, maxOutputTokens: 2000 },
};

const editor: NamedAgent = {
  name: 'editor',
  description: 'Makes one report of the checked chapters.',
  instructions:
    'You write the final report from checked chapters. Give a title, a summary of two or three sentences, and one section a chapter. After each fact name its source as [file:line]. Use no statement that is listed under doubts or notFound; list those under leftOut with the reason. Add no fact of your own.',
  tier: 'heavy',
  output: reportSchema,
  limits: { maxTurns: 6, maxOutputTokens: 4000 },
};

/** Outline, chapters side by side, fact-check, synthesis. */
export const team = defineTeam(
  'research-report',
  pipeline([agent(outliner, { id: 'outline' }), chapters(), factCheck(), agent(editor, { id: 'synthesis' })]),
  {
    description: 'A report over a folder of documents, each fact with its source.',
    limits: { maxModelCalls: 200, maxMicroDollars: 5_000_000, timeout: '4h' },
  },
);

/** Every writer gets the whole outline and the number of its own chapter. One may fail: the report is then partial. */
function chapters(): Built {
  const numbers = Array.from({ length: CHAPTERS }, (_, index) => index + 1);
  const branches = Object.fromEntries(
    numbers.map((number) => [
      `chapter-${number}`,
      agent(writer, { task: `Write chapter ${number} of this outline.` }),
    ]),
  );
  return parallel(branches, {
    id: 'chapters',
    phase: 'write',
    join: { bestEffort: { atLeast: (CHAPTERS - 1) / CHAPTERS } },
  });
}

/** Quotes are compared by code, meaning is judged by a model, side by side on the same chapters. */
function factCheck(): Built {
  return parallel(
    { quotes: tool('check_quotes', { chapters: { $input: '' } }), doubts: agent(checker) },
    { id: 'fact-check', phase: 'check' },
  );
}
