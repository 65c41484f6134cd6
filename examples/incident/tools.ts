import { resolve } from 'node:path';
import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { ChangeBook } from './change-book';
import { findRunbooks, listDeploys } from './change-tools';
import { checkedSchema, conclusionSchema, findingsSchema, reportSchema } from './contracts';
import { IncidentFiles } from './incident-files';
import { searchLogs } from './log-tools';
import { compareMetrics } from './metric-tools';
import { checkConclusion, provenOf } from './proof';

const READ = { effect: 'read', repeat: 'safe' } as const;

/** What the workers look with, what checks them, and the one tool that changes something: INCIDENT_CHANGES is its file. */
export function createTools({ filesRoot }: { readonly filesRoot: string }): readonly Tool[] {
  const files = new IncidentFiles(filesRoot);
  const book = new ChangeBook(process.env.INCIDENT_CHANGES ?? resolve('.baton', 'incident-changes.jsonl'));

  const keepProven = defineTool({
    name: 'keep_proven',
    description:
      'Keeps the findings whose quote stands in the file that they name; fails where none is left.',
    ...READ,
    input: findingsSchema,
    output: findingsSchema,
    run: async ({ findings }) => {
      const proven = await provenOf(files, findings);
      if (proven.length === 0)
        throw new Error(
          findings.length === 0 ? 'nothing was found' : `none of ${findings.length} findings is in the files`,
        );
      return { findings: [...proven] };
    },
  });

  const check = defineTool({
    name: 'check_conclusion',
    description: 'Takes out of a conclusion what the files do not bear out.',
    ...READ,
    input: z.object({ incident: z.string(), conclusion: conclusionSchema }),
    output: checkedSchema,
    run: async ({ incident, conclusion }) => checkConclusion(files, incident, conclusion),
  });

  const carryOut = defineTool({
    name: 'carry_out',
    description: 'Orders the proposed action from the deploy system, and closes the report.',
    effect: 'write',
    repeat: 'keyed',
    input: z.object({ report: checkedSchema }),
    output: reportSchema,
    run: async ({ report }, { idempotencyKey }) => {
      const { incident, action } = report;
      if (action === null) throw new Error('the report proposes no action');
      return {
        ...report,
        outcome: 'carried out' as const,
        change: book.order(idempotencyKey, incident, action),
      };
    },
  });

  const close = defineTool({
    name: 'close_report',
    description: 'Closes a report whose action was not carried out.',
    ...READ,
    input: z.object({ report: checkedSchema }),
    output: reportSchema,
    run: async ({ report }) => ({
      ...report,
      outcome: report.action === null ? ('nothing to do' as const) : ('not carried out' as const),
      change: null,
    }),
  });

  const readers = [compareMetrics, searchLogs, listDeploys, findRunbooks].map((make) => make(files));
  return [...readers, keepProven, check, carryOut, close];
}
