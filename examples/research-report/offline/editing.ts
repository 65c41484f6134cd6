import type { Checked, Doubts, Report } from '../report-contracts';

/** Joins what stood the check, with its sources, and names what did not. */
export function editReport(checked: Checked, { doubts }: Doubts): Report {
  const doubted = new Set(doubts.map(({ sentence }) => sentence));
  const chapters = checked.chapters.map(({ heading, statements }) => ({
    heading,
    statements: statements.filter(({ sentence }) => !doubted.has(sentence)),
  }));
  const facts = chapters.flatMap(({ statements }) => statements);
  const files = new Set(facts.map(({ file }) => file));
  return {
    title: chapters.map(({ heading }) => heading).join('; '),
    summary:
      `${facts.length} facts from ${files.size} documents in ${chapters.length} sections. ${facts[0]?.sentence ?? ''}`.trim(),
    sections: chapters.map(({ heading, statements }) => ({
      heading,
      text: statements.map(({ sentence, file, line }) => `${sentence} [${file}:${line}]`).join(' '),
    })),
    leftOut: [...checked.notFound, ...doubts].map(({ sentence, reason }) => `${sentence} (${reason})`),
  };
}
