import parseDiff from 'parse-diff';

/** One line of a change. A removed line has no number: it isn't in the new file. */
export interface ChangedLine {
  readonly sign: '+' | '-' | ' ';
  /** In the new file, from 1; absent for a removed line. */
  readonly number?: number;
  readonly text: string;
}

export interface ChangedFile {
  /** In the new tree, with forward slashes. */
  readonly path: string;
  /** Lines of each hunk in order. */
  readonly hunks: readonly (readonly ChangedLine[])[];
  /** Added and removed lines. */
  readonly changed: number;
}

export interface Change {
  readonly files: readonly ChangedFile[];
  /** Paths that no reviewer is shown: deleted, binary, moved untouched, or written by a machine. */
  readonly skipped: readonly string[];
}

const WRITTEN_BY_MACHINES =
  /(^|\/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|Cargo\.lock|go\.sum|composer\.lock)$|\.(min\.(js|css)|map|snap|svg)$|(^|\/)(dist|node_modules|vendor)\//;

/** Reads a unified diff, from git or plain `diff -u`. Text that holds no hunk gives a change without files. */
export function parseChange(diff: string): Change {
  const files: ChangedFile[] = [];
  const skipped: string[] = [];
  for (const file of parseDiff(diff.replaceAll('\r\n', '\n'))) {
    const path = file.to === undefined || file.to === '/dev/null' ? file.from : file.to;
    if (path === undefined) continue;
    const hunks = file.chunks.map((chunk) => chunk.changes.flatMap(changedLine));
    if (file.to === '/dev/null' || file.additions === 0 || WRITTEN_BY_MACHINES.test(path)) skipped.push(path);
    else files.push({ path, hunks, changed: file.additions + file.deletions });
  }
  return { files, skipped };
}

function changedLine(change: parseDiff.Change): ChangedLine[] {
  // The parser gives the note of a missing last newline as one more line of the kind before it.
  if (change.content.startsWith('\\')) return [];
  const text = change.content.slice(1);
  if (change.type === 'del') return [{ sign: '-', text }];
  if (change.type === 'add') return [{ sign: '+', number: change.ln, text }];
  return [{ sign: ' ', number: change.ln2, text }];
}

/** Numbers of a file's added lines. */
export function addedLines(file: ChangedFile): ReadonlySet<number> {
  const added = file.hunks.flat().flatMap((line) => (line.sign === '+' && line.number ? [line.number] : []));
  return new Set(added);
}
