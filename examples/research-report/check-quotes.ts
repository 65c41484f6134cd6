import type { Chapter, Checked, Statement } from './report-contracts';

/** Lines that a model may be off by when it names a place. */
const NEAR = 2;

/** The text of a document; undefined where there is no such file. */
export type ReadDocument = (file: string) => Promise<string | undefined>;

/** Keeps what stands in the documents word for word, at the line where it really is. */
export async function checkQuotes(chapters: readonly Chapter[], read: ReadDocument): Promise<Checked> {
  const notFound: { sentence: string; reason: string }[] = [];
  const kept: Chapter[] = [];
  for (const { heading, statements } of chapters) {
    // The writer of a chapter that was not planned.
    if (statements.length === 0) continue;
    const judged = await Promise.all(statements.map((statement) => checkStatement(statement, read)));
    kept.push({ heading, statements: judged.flatMap((one) => ('reason' in one ? [] : [one])) });
    notFound.push(...judged.flatMap((one) => ('reason' in one ? [one] : [])));
  }
  return { chapters: kept, notFound };
}

async function checkStatement(
  statement: Statement,
  read: ReadDocument,
): Promise<Statement | { sentence: string; reason: string }> {
  const { sentence, file, line, quote } = statement;
  const text = await read(file);
  if (text === undefined) return { sentence, reason: `there is no file ${file}` };
  const lines = text.split('\n').map(plain);
  const found = nearest(lines, plain(quote), line);
  if (found === undefined) return { sentence, reason: `${file} does not say "${quote}"` };
  // A sentence may draw on the lines around its quote.
  const around = numbersIn(lines.slice(Math.max(0, found - 1 - NEAR), found + NEAR).join(' '));
  const unborne = numbersIn(sentence).find((number) => !around.includes(number));
  if (unborne !== undefined)
    return { sentence, reason: `${file} near line ${found} does not say ${unborne}` };
  return { ...statement, line: found };
}

/** The line that holds the quote: near the named one if it can be, else anywhere. */
function nearest(lines: readonly string[], quote: string, line: number): number | undefined {
  if (quote === '') return undefined;
  const holders = lines.flatMap((text, index) => (text.includes(quote) ? [index + 1] : []));
  return holders.find((holder) => Math.abs(holder - line) <= NEAR) ?? holders[0];
}

function plain(text: string): string {
  return text.replace(/[“”]/g, '"').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim().toLowerCase();
}

/** Numbers as written, thousands separators left out; the 8 of "TAT-8" is part of a name. */
export function numbersIn(text: string): readonly string[] {
  return (text.match(/(?<![\w-])\d[\d.,]*/g) ?? []).map((number) =>
    number.replace(/[.,]$/, '').replaceAll(',', ''),
  );
}
