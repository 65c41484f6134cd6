import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BatonError } from '../../client/baton-error';
import type { Json } from '../../contract/json';

/** One case: what the team is given, and what should come of it. */
export interface EvalRow {
  readonly input: Json;
  readonly expected: Json;
}

/** A case whose right answer nobody wrote down. */
export interface OpenRow {
  readonly input: Json;
  readonly expected?: Json | undefined;
}

const rowSchema = z.strictObject({ input: z.json(), expected: z.json() });
const openRowSchema = rowSchema.partial({ expected: true });

/** Rows of JSON lines. Throws InvalidInput with the line of the first one that is none. */
export function readRows(file: string): Promise<readonly EvalRow[]> {
  return readLines(file, rowSchema);
}

/** {@link readRows}, of which some or all may lack what is expected. */
export function readOpenRows(file: string): Promise<readonly OpenRow[]> {
  return readLines(file, openRowSchema);
}

async function readLines<T>(file: string, schema: z.ZodType<T>): Promise<readonly T[]> {
  if (!existsSync(file)) throw unusable(`There is no data set ${file}.`);
  const rows = (await readFile(file, 'utf8')).split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = schema.safeParse(parsed(line));
    if (!row.success) throw unusable(`${file}:${index + 1} is no row: ${z.prettifyError(row.error)}`);
    return [row.data];
  });
  if (rows.length === 0) throw unusable(`The data set ${file} holds no rows.`);
  return rows;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unusable(message: string): BatonError {
  return new BatonError('InvalidInput', message, {
    remedy: 'Write one JSON object a line: { "input": …, "expected": … }.',
  });
}
