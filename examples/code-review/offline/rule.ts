import type { ChangedFile } from '../changed-files';
import type { Category, ReviewerFinding, Severity } from '../findings';
import { type CodeLine, codeLines, type Language } from './code-line';

export interface Rule {
  readonly title: string;
  readonly category: Category;
  readonly severity: Severity;
  /** How often such a line is a real problem, 0 to 1: a judgement of the rule's author. */
  readonly confidence: number;
  readonly languages: readonly Language[];
  readonly suggestion: string;
  /** What is wrong with this line, in words that quote it; undefined where nothing is. */
  readonly explain: (line: CodeLine) => string | undefined;
}

/** Findings on added lines alone: a review is about what a change brings, not about what it met. */
export function applyRules(rules: readonly Rule[], files: readonly ChangedFile[]): ReviewerFinding[] {
  return files.flatMap((file) =>
    codeLines(file)
      .filter((line) => line.added)
      .flatMap((line) => rules.flatMap((rule) => findingOf(rule, line))),
  );
}

function findingOf(rule: Rule, line: CodeLine): ReviewerFinding[] {
  const explanation = rule.languages.includes(line.language) ? rule.explain(line) : undefined;
  if (explanation === undefined) return [];
  const { title, category, severity, confidence, suggestion } = rule;
  return [
    { file: line.file, line: line.number, severity, category, title, explanation, suggestion, confidence },
  ];
}

/** An `explain` that looks for one pattern in a line's code and says what it found. */
export function matching(
  pattern: RegExp,
  say: (found: string, match: RegExpExecArray) => string,
): Rule['explain'] {
  return (line) => {
    const match = pattern.exec(line.code);
    return match === null ? undefined : say(shorten(match[0]), match);
  };
}

export function shorten(text: string): string {
  const flat = text.trim().replace(/\s+/g, ' ');
  return flat.length <= 60 ? flat : `${flat.slice(0, 59)}…`;
}
