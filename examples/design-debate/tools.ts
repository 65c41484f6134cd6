import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { debateSchema, voteSchema } from './answers';
import { parseOptions, questionSchema } from './options';
import { minutesOf, minutesSchema, recordSchema, writeRecord } from './record';

const readOptions = defineTool({
  name: 'read_options',
  description: 'Lists the options of a design paper with what it says for and against each.',
  input: z.object({ text: z.string() }),
  output: questionSchema,
  effect: 'read',
  repeat: 'safe',
  local: true,
  run: async ({ text }) => parseOptions(text),
});

const summarizeDebate = defineTool({
  name: 'summarize_debate',
  description: 'Keeps the verdict of a debate, its reasons and its dissent.',
  input: z.object({ debate: debateSchema }),
  output: minutesSchema,
  effect: 'read',
  repeat: 'safe',
  local: true,
  run: async ({ debate }) => minutesOf(debate),
});

const record = defineTool({
  name: 'write_record',
  description: 'Joins the minutes of the debate and the votes of the panel.',
  input: z.object({
    paper: questionSchema.extend({ source: z.string() }),
    minutes: minutesSchema,
    panel: voteSchema,
  }),
  output: recordSchema,
  effect: 'read',
  repeat: 'safe',
  local: true,
  run: async (parts) => writeRecord(parts),
});

export const tools: readonly Tool[] = [readOptions, summarizeDebate, record];
