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

const rowSchema = z.strictObject({ input: z.json(), expected: z.json() });

/** Rows of JSON lines. Throws InvalidInput with the line of the first one that is none. */
export async function readRows(file: string): Promise<readonly EvalRow[]> {
  if (!existsSync(file)) throw unusable(`There is no data set ${file}.`);
  const rows = (await readFile(file, 'utf8')).split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = rowSchema.safeParse(parsed(line));
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
