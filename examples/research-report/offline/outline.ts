import { CHAPTERS, type Outline } from '../report-contracts';
import type { ReadDocument } from './documents';
import { tellingTerms } from './terms';

interface Section {
  readonly file: string;
  readonly heading: string;
  readonly text: string;
}

/** Chapters from the documents: the longest ones as they are, more from their sections where there are too few documents. */
export function outlineOf(documents: readonly ReadDocument[], topic: string): Outline {
  const whole = documents.map(asSection);
  const parts = whole.length >= CHAPTERS ? whole : documents.flatMap(sectionsOf);
  const candidates = parts.length > 0 ? parts : whole;
  const chosen = candidates
    .toSorted((left, right) => right.text.length - left.text.length)
    .slice(0, CHAPTERS)
    .sort((left, right) => candidates.indexOf(left) - candidates.indexOf(right));
  return {
    title: `What ${documents.length} documents say about ${topic}`,
    chapters: chosen.map((part) => chapterOn(part, candidates)),
  };
}

function chapterOn(part: Section, all: readonly Section[]): Outline['chapters'][number] {
  const others = all.filter((other) => other !== part).map(({ text }) => text);
  const terms = tellingTerms(part.text, others, 6);
  return {
    heading: part.heading,
    question: `What is said about ${terms.join(', ')}?`,
    files: [part.file],
  };
}

function asSection({ file, lines }: ReadDocument): Section {
  const heading = lines.find((line) => line.startsWith('#'))?.replace(/^#+\s*/, '') ?? file;
  return { file, heading, text: lines.join('\n') };
}

function sectionsOf(document: ReadDocument): Section[] {
  const sections: { file: string; heading: string; text: string }[] = [];
  for (const line of document.lines) {
    const heading = /^##+\s+(.+)$/.exec(line)?.[1];
    const last = sections.at(-1);
    if (heading !== undefined) sections.push({ file: document.file, heading, text: '' });
    else if (last !== undefined) last.text += `${line}\n`;
  }
  return sections.length > 0 ? sections : [asSection(document)];
}
