import type { CodeLine } from './code-line';
import { matching, type Rule } from './rule';
import { UNAWAITED_CALLBACKS } from './shared-rules';

const LOOP = /^\s*(for|while)\b|^\s*async for\b/;
const CALLBACK_LOOP = /\.(map|filter|forEach|flatMap|some|every|reduce|sort)\(/;
const STORE_CALL = /\b(\w*(query|fetch|find|select|load|get|lookup|execute)\w*)(?:<[^>]*>)?\(/i;

export const PERFORMANCE_RULES: readonly Rule[] = [
  {
    title: 'One request for each item of a loop',
    category: 'performance',
    severity: 'high',
    confidence: 0.85,
    languages: ['script', 'python'],
    suggestion: 'Ask for all of them in one request, or run a bounded number side by side.',
    explain: (line) => {
      const loop = loopAround(line);
      const awaited = /\bawait\s+(.*)/.exec(line.bare)?.[1] ?? (line.language === 'python' ? line.bare : '');
      const call = STORE_CALL.exec(awaited)?.[1];
      return (
        loop &&
        call &&
        `\`${call}\` is waited for once per turn of the loop at line ${loop.number}: its time grows with the list.`
      );
    },
  },
  {
    title: 'Items waited for one after the other',
    category: 'performance',
    severity: 'medium',
    confidence: 0.6,
    languages: ['script', 'python'],
    suggestion: 'Run a bounded number side by side where their order does not matter.',
    explain: (line) => {
      const loop = loopAround(line);
      const awaited = /\bawait\s+(.*)/.exec(line.bare)?.[1];
      if (loop === undefined || awaited === undefined || STORE_CALL.test(awaited)) return undefined;
      return `Each turn of the loop at line ${loop.number} waits for the one before.`;
    },
  },
  {
    title: 'Search inside a loop',
    category: 'performance',
    severity: 'medium',
    confidence: 0.7,
    languages: ['script'],
    suggestion: 'Build a Set or Map once, before the loop.',
    explain: (line) => {
      const loop = loopAround(line) ?? line.enclosing.find((outer) => CALLBACK_LOOP.test(outer.bare));
      const search = /\b([\w.]+)\.(find|findIndex|filter|includes|indexOf)\(/.exec(line.bare);
      if (loop === undefined || search === null) return undefined;
      return `\`${search[1]}.${search[2]}\` walks its list once per turn of the loop at line ${loop.number}: the product of both lengths.`;
    },
  },
  {
    title: 'Blocking call',
    category: 'performance',
    severity: 'medium',
    confidence: 0.7,
    languages: ['script'],
    suggestion: 'Use the asynchronous form.',
    explain: (line) => {
      const call =
        /\b((?:readFile|writeFile|appendFile|exists|readdir|stat|exec|execFile|spawn|pbkdf2|scrypt)Sync)\(/.exec(
          line.bare,
        )?.[1];
      // At the top of a module it runs once, at the start.
      return call && line.indent > 0 ? `While \`${call}\` works, the process serves nobody else.` : undefined;
    },
  },
  {
    title: 'Unbounded requests at once',
    category: 'performance',
    severity: 'medium',
    confidence: 0.6,
    languages: ['script'],
    suggestion: 'Limit how many run at one time.',
    explain: matching(
      /Promise\.(all|allSettled)\(\s*([\w.]+)\.map\(/,
      (_, match) => `All of \`${match[2]}\` start together, however many they are.`,
    ),
  },
  {
    title: 'Copy by way of text',
    category: 'performance',
    severity: 'low',
    confidence: 0.7,
    languages: ['script'],
    suggestion: 'Use structuredClone, or copy only what changes.',
    explain: matching(
      /JSON\.parse\(\s*JSON\.stringify\((\w*)/,
      (_, match) => `\`${match[1]}\` is written out and read back to copy it; dates and undefined get lost.`,
    ),
  },
  {
    title: 'Copy in each turn of reduce',
    category: 'performance',
    severity: 'medium',
    confidence: 0.75,
    languages: ['script'],
    suggestion: 'Build the result in a loop.',
    explain: matching(
      /\.reduce\([^)]*\)\s*=>\s*\(?\s*[{[]\s*\.\.\.(\w+)/,
      (_, match) => `\`...${match[1]}\` copies all that was gathered so far, each time.`,
    ),
  },
  {
    title: 'Whole table read',
    category: 'performance',
    severity: 'high',
    confidence: 0.65,
    languages: ['script', 'python', 'other'],
    suggestion: 'Let the database filter, group or limit.',
    explain: (line) => {
      const table = /(["'`])\s*select\b[^"'`]*\bfrom\s+(\w+)\s*;?\s*\1/i.exec(line.code)?.[2];
      return table && `Every row of \`${table}\` is read, and there will be more each day.`;
    },
  },
  UNAWAITED_CALLBACKS,
];

function loopAround(line: CodeLine): CodeLine | undefined {
  return line.enclosing.find((outer) => LOOP.test(outer.bare) && !/\bfor await\b/.test(outer.bare));
}
