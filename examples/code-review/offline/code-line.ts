import type { ChangedFile } from '../changed-files';

export type Language = 'script' | 'python' | 'other' | 'prose';

/** A line of the new file with what a rule may ask about it. */
export interface CodeLine {
  readonly file: string;
  readonly number: number;
  readonly added: boolean;
  readonly language: Language;
  /** As written. */
  readonly raw: string;
  /** Without comments; literals kept. */
  readonly code: string;
  /** Without comments and without what literals say: for rules about code alone. */
  readonly bare: string;
  readonly indent: number;
  /** Lines that open the blocks around this one, innermost first, as far as the hunk shows them. */
  readonly enclosing: readonly CodeLine[];
  /** Up to six lines before it in the same hunk, nearest last. */
  readonly before: readonly CodeLine[];
  /** The lines after it in the same hunk. */
  after(): readonly CodeLine[];
}

/** The lines of a changed file that are in its new version, in order. */
export function codeLines(file: ChangedFile): readonly CodeLine[] {
  const language = languageOf(file.path);
  return file.hunks.flatMap((hunk) => {
    const lines: CodeLine[] = [];
    for (const { number, sign, text } of hunk) {
      if (number === undefined) continue;
      const index = lines.length;
      const code = withoutComment(text, language);
      const indent = text.length - text.trimStart().length;
      lines.push({
        file: file.path,
        number,
        added: sign === '+',
        language,
        raw: text,
        code,
        bare: code.replace(/(["'`])(?:\\.|(?!\1).)*\1/g, '$1$1'),
        indent,
        enclosing: openersOf(lines, indent),
        before: lines.slice(-6),
        after: () => lines.slice(index + 1),
      });
    }
    return lines;
  });
}

function languageOf(path: string): Language {
  if (/\.([cm]?[jt]sx?|vue|svelte)$/.test(path)) return 'script';
  if (/\.pyi?$/.test(path)) return 'python';
  return /\.(md|txt|rst|json|ya?ml|toml|html|css|csv)$/.test(path) ? 'prose' : 'other';
}

function withoutComment(text: string, language: Language): string {
  if (language === 'prose') return text;
  if (/^\s*(\/\/|\/\*|\*|#(?!!|include|define|if|end))/.test(text)) return '';
  const mark = language === 'python' ? '#' : '//';
  const literals = /(["'`])(?:\\.|(?!\1).)*\1/g;
  const blanked = text.replace(literals, (literal) => '_'.repeat(literal.length));
  const at = blanked.search(mark === '#' ? /(^|\s)#/ : /(^|\s)\/\//);
  return at < 0 ? text : text.slice(0, at);
}

/** By indentation, which needs no parser and holds for the cut-out pieces that a diff shows. */
function openersOf(lines: readonly CodeLine[], indent: number): readonly CodeLine[] {
  const openers: CodeLine[] = [];
  let below = indent;
  for (const line of lines.toReversed()) {
    if (line.bare.trim() === '' || line.indent >= below || /^\s*[)\]}]+[;,]?$/.test(line.bare)) continue;
    openers.push(line);
    below = line.indent;
  }
  return openers;
}
