import type { Rule } from './rule';

/** Seen by the security and the style reviewer alike, as among people: their two findings become one. */
export const SWALLOWED_ERROR: Rule = {
  title: 'Error thrown away',
  category: 'correctness',
  severity: 'medium',
  confidence: 0.85,
  languages: ['script', 'python'],
  suggestion: 'Handle it, report it, or let it through.',
  explain: (line) => {
    const next =
      line
        .after()
        .find((after) => after.bare.trim() !== '')
        ?.bare.trim() ?? '';
    const caught = /\bcatch\b\s*(\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\(\w*\)\s*=>\s*\{\s*\}\s*\)/.test(
      line.bare,
    );
    const opened = /\bcatch\b\s*(\([^)]*\))?\s*\{\s*$/.test(line.bare) && next.startsWith('}');
    const passed =
      /^\s*except\b.*:\s*(pass)?\s*$/.test(line.bare) && (/pass\s*$/.test(line.bare) || next === 'pass');
    return caught || opened || passed ? 'Whatever fails here, nobody will learn of it.' : undefined;
  },
};

/** Seen by the performance and the style reviewer alike. */
export const UNAWAITED_CALLBACKS: Rule = {
  title: 'Async callback that nothing waits for',
  category: 'correctness',
  severity: 'high',
  confidence: 0.9,
  languages: ['script'],
  suggestion: 'Use `for … of` with await, or `await Promise.all(list.map(…))`.',
  explain: (line) => {
    const list = /([\w.]+)\.forEach\(\s*async\b/.exec(line.bare)?.[1];
    return (
      list &&
      `\`${list}.forEach\` drops the promises of its callback: all start at once, and a failure is unhandled.`
    );
  },
};
