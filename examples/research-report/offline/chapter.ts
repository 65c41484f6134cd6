import type { Chapter, Outline, Statement } from '../report-contracts';
import type { ReadDocument } from './documents';
import { termsOf } from './terms';

const STATEMENTS = 4;

/** The sentences that answer the chapter's question best, as they stand, in the order of the documents. */
export function chapterOf(plan: Outline['chapters'][number], documents: readonly ReadDocument[]): Chapter {
  const wanted = new Set(termsOf(`${plan.heading} ${plan.question}`));
  const scored = documents.flatMap(({ file, lines }) =>
    lines.flatMap((text, index) => {
      const score = scoreOf(text, wanted);
      return score > 0 ? [{ score, statement: statementFrom(file, index + 1, text) }] : [];
    }),
  );
  const best = new Set(scored.toSorted((left, right) => right.score - left.score).slice(0, STATEMENTS));
  return {
    heading: plan.heading,
    statements: scored.filter((one) => best.has(one)).map(({ statement }) => statement),
  };
}

/** Shared terms count, and a number counts as much as one: facts make a chapter. */
function scoreOf(text: string, wanted: ReadonlySet<string>): number {
  if (text.trim() === '' || text.startsWith('#')) return 0;
  const shared = new Set(termsOf(text).filter((term) => wanted.has(term))).size;
  return shared + (/\d/.test(text) ? 1 : 0);
}

function statementFrom(file: string, line: number, text: string): Statement {
  const sentence = text.trim();
  return { sentence, file, line, quote: sentence };
}
