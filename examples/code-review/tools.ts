import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { parseChange } from './changed-files';
import { byWeight, findingSchema, leadReviewSchema } from './findings';
import { toNumberedText } from './numbered-text';
import { reportSchema, reviewedSchema, writeReport } from './report';

const readModule = defineTool({
  name: 'read_module',
  description: 'Shows some files of a unified diff, each line with its number in the new file.',
  input: z.object({ diff: z.string(), paths: z.array(z.string()) }),
  output: z.string(),
  effect: 'read',
  repeat: 'safe',
  local: true,
  run: async ({ diff, paths }) =>
    toNumberedText(parseChange(diff).files.filter((file) => paths.includes(file.path))),
});

const rankFindings = defineTool({
  name: 'rank_findings',
  description: 'Orders findings: graver first, then surer.',
  input: z.object({ findings: z.array(findingSchema) }),
  output: z.array(findingSchema),
  effect: 'read',
  repeat: 'safe',
  local: true,
  run: async ({ findings }) => findings.toSorted(byWeight),
});

const report = defineTool({
  name: 'write_report',
  description: 'Joins the findings and the words of the lead reviewer.',
  input: z.object({
    findings: z.array(findingSchema),
    lead: leadReviewSchema.nullable(),
    reviewed: reviewedSchema,
  }),
  output: reportSchema,
  effect: 'read',
  repeat: 'safe',
  local: true,
  run: async (parts) => writeReport(parts),
});

export const tools: readonly Tool[] = [readModule, rankFindings, report];
