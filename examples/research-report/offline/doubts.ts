import type { Chapter, Doubts } from '../report-contracts';
import type { ReadDocument } from './documents';
import { termsOf } from './terms';

/** Terms that two sentences must share to be about the same thing. */
const SAME_SUBJECT = 4;

/** Doubts what its file does not say, and numbers on which another document disagrees. */
export function doubtsAbout(chapters: readonly Chapter[], documents: readonly ReadDocument[]): Doubts {
  const statements = chapters.flatMap((chapter) => chapter.statements);
  return {
    doubts: statements.flatMap(({ sentence, file, line }) => {
      const document = documents.find((one) => one.file === file);
      if (document === undefined) return [{ sentence, reason: `${file} could not be read` }];
      if (document.lines[line - 1]?.includes(sentence) !== true)
        return [{ sentence, reason: `${file}:${line} says something else` }];
      const against = documents
        .filter((other) => other.file !== file)
        .flatMap((other) => disagreements(sentence, other));
      return against.slice(0, 1).map((reason) => ({ sentence, reason }));
    }),
  };
}

/** Lines about the same subject that give another number for the same unit. */
function disagreements(sentence: string, { file, lines }: ReadDocument): string[] {
  const terms = new Set(termsOf(sentence));
  const amounts = amountsIn(sentence);
  return lines.flatMap((text, index) => {
    const shared = new Set(termsOf(text).filter((term) => terms.has(term))).size;
    if (shared < SAME_SUBJECT || text.trim() === sentence) return [];
    const other = amountsIn(text).find(({ unit, number }) =>
      amounts.some((amount) => amount.unit === unit && amount.number !== number),
    );
    return other === undefined ? [] : [`${file}:${index + 1} says ${other.number} ${other.unit}`];
  });
}

function amountsIn(text: string): readonly { number: string; unit: string }[] {
  return [...text.matchAll(/(\d[\d.,]*)\s+([a-z]{3,})/g)].map(([, number = '', unit = '']) => ({
    number,
    unit,
  }));
}
