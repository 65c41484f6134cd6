import { parse } from 'csv-parse/sync';
import type { Dropped, RawBatch, RawRecord } from './batch';

/** Reads CSV with a header line, or JSON lines: by what the text begins with. Rows that can't be read are dropped, each with its reason. */
export function readRecords(text: string): RawBatch {
  const read = /^\s*[{[]/.test(text) ? jsonLine : undefined;
  const rows =
    read === undefined ? csvRows(text) : text.split('\n').flatMap((line, index) => read(line, index + 1));
  return {
    records: rows.flatMap((row) => ('fields' in row ? [row] : [])),
    dropped: rows.flatMap((row) => ('reason' in row ? [row] : [])),
    notes: [],
  };
}

function csvRows(text: string): (RawRecord | Dropped)[] {
  const rows = parse(text, {
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  });
  const [header, ...body] = rows as unknown as { record: string[]; info: { lines: number } }[];
  const columns = header?.record ?? [];
  return body.map(({ record, info }) =>
    record.length === columns.length
      ? {
          row: info.lines,
          fields: Object.fromEntries(columns.map((name, index) => [name, record[index] ?? ''])),
        }
      : lost(info.lines, `has ${record.length} cells, the header has ${columns.length}`),
  );
}

function jsonLine(line: string, row: number): (RawRecord | Dropped)[] {
  if (line.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(line);
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      return [lost(row, 'is no JSON object')];
    return [
      {
        row,
        fields: Object.fromEntries(Object.entries(value).map(([name, cell]) => [name, String(cell ?? '')])),
      },
    ];
  } catch {
    return [lost(row, 'is no JSON')];
  }
}

function lost(row: number, reason: string): Dropped {
  return { row, stage: 'extract', reason };
}
