import { relative, sep } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../src/contract/json';
import { FAILURE_KINDS } from './batch';

export const STAGES = ['extract', 'validate', 'enrich', 'topics', 'format'] as const;

export const pipelineInputSchema = z.strictObject({
  /** CSV or JSON lines, beside customers.csv and rates.csv: a path below the folder that file tools may read. */
  file: z.string(),
  /** A stage that is to fail, to see what happens then. */
  failStage: z.enum(STAGES).optional(),
  failAs: z.enum(FAILURE_KINDS).default('permanent'),
});

/** The file by its path from the current folder, which is where file tools begin; the first stage reads it. */
export async function readInput(path: string): Promise<Json> {
  return { file: relative(process.cwd(), path).split(sep).join('/') };
}
