import { addedLines, type ChangedFile } from './changed-files';

/** A file's added lines in few characters, such as `3-9,14`. */
export function addedRanges(file: ChangedFile): string {
  const ranges: [number, number][] = [];
  for (const line of [...addedLines(file)].sort((left, right) => left - right)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

export function inRanges(ranges: string, line: number): boolean {
  if (ranges === '') return false;
  return ranges.split(',').some((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return line >= from && line <= to;
  });
}
