import type { ChangedFile, ChangedLine } from './changed-files';

const FILE = /^File: (.+)$/;
const LINE = /^([+\- ]) *(\d+)? \| (.*)$/;
const GAP = '  ...';

/**
 * A change as reviewers read it: each line with its sign and its number in the new file, since models count lines
 * badly. Removed lines have no number.
 */
export function toNumberedText(files: readonly ChangedFile[]): string {
  return files
    .map((file) =>
      [`File: ${file.path}`, ...file.hunks.map(hunkText).join(`\n${GAP}\n`).split('\n')].join('\n'),
    )
    .join('\n\n');
}

function hunkText(lines: readonly ChangedLine[]): string {
  return lines
    .map((line) => `${line.sign}${String(line.number ?? '').padStart(5)} | ${line.text}`.trimEnd())
    .join('\n');
}

/** Reads what {@link toNumberedText} wrote, wherever it stands in a longer text; other lines are passed over. */
export function fromNumberedText(text: string): readonly ChangedFile[] {
  const files: { path: string; hunks: ChangedLine[][] }[] = [];
  for (const row of text.split('\n')) {
    const path = FILE.exec(row)?.[1];
    const file = files.at(-1);
    if (path !== undefined) files.push({ path, hunks: [[]] });
    else if (row === GAP) file?.hunks.push([]);
    else file?.hunks.at(-1)?.push(...readLine(row));
  }
  return files.map(({ path, hunks }) => ({
    path,
    hunks,
    changed: hunks.flat().filter((line) => line.sign !== ' ').length,
  }));
}

function readLine(row: string): ChangedLine[] {
  const [, sign, number, text] = LINE.exec(row.endsWith(' |') ? `${row} ` : row) ?? [];
  if (text === undefined) return [];
  if (sign === '-') return [{ sign, text }];
  if ((sign !== '+' && sign !== ' ') || number === undefined) return [];
  return [{ sign, number: Number(number), text }];
}
