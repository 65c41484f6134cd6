import { matching, type Rule, shorten } from './rule';
import { SWALLOWED_ERROR, UNAWAITED_CALLBACKS } from './shared-rules';

const LONGEST_LINE = 120;
const LONGEST_FUNCTION = 50;

export const STYLE_RULES: readonly Rule[] = [
  {
    title: 'Line too long',
    category: 'style',
    severity: 'low',
    confidence: 0.9,
    languages: ['script', 'python', 'other'],
    suggestion: 'Break it where the thought breaks.',
    explain: ({ raw }) =>
      raw.length > LONGEST_LINE && !/https?:\/\/\S{60}/.test(raw)
        ? `${raw.length} characters; ${LONGEST_LINE} are the most.`
        : undefined,
  },
  {
    title: 'Function too long',
    category: 'style',
    severity: 'low',
    confidence: 0.7,
    languages: ['script', 'python'],
    suggestion: 'Give its parts names of their own.',
    explain: (line) => {
      const name =
        /\b(?:function|def)\s+(\w+)|(?:const|let)\s+(\w+)\s*=\s*(?:async\s*)?\([^)]*\)[^=]*=>\s*\{\s*$/.exec(
          line.bare,
        );
      if (name === null) return undefined;
      const end = line.after().findIndex((after) => after.bare.trim() !== '' && after.indent <= line.indent);
      const lines = (end < 0 ? line.after().length : end) + 1;
      return lines > LONGEST_FUNCTION ? `\`${name[1] ?? name[2]}\` has ${lines} lines or more.` : undefined;
    },
  },
  {
    title: '`var` declaration',
    category: 'style',
    severity: 'low',
    confidence: 0.95,
    languages: ['script'],
    suggestion: 'Use const, or let where it changes.',
    explain: matching(
      /^\s*(?:export\s+)?var\s+(\w+)/,
      (_, match) => `\`${match[1]}\` is visible beyond its block.`,
    ),
  },
  {
    title: 'Loose comparison',
    category: 'style',
    severity: 'low',
    confidence: 0.85,
    languages: ['script'],
    suggestion: 'Use === or !==.',
    explain: (line) => {
      // `== null` is the accepted way to ask for null and undefined at once.
      const match = /([\w.\])]+)\s*([!=]=)(?![=>])\s*(?!null\b)([\w.["']+)/.exec(
        line.bare.replace(/[!=]==/g, '@@@'),
      );
      return match === null ? undefined : `\`${shorten(match[0])}\` converts its sides before it compares.`;
    },
  },
  {
    title: 'Debug output left in',
    category: 'style',
    severity: 'low',
    confidence: 0.8,
    languages: ['script', 'python'],
    suggestion: 'Remove it, or use the logger.',
    explain: (line) => {
      const script = /\bconsole\.(log|debug|dir|table)\(|^\s*debugger\b/.exec(line.bare)?.[0];
      const python =
        line.language === 'python'
          ? /^\s*(print|breakpoint|pdb\.set_trace)\(/.exec(line.bare)?.[0]
          : undefined;
      const found = script ?? python;
      return found && `\`${found.replace('(', '').trim()}\` writes to the output of production.`;
    },
  },
  {
    title: '`any` type',
    category: 'style',
    severity: 'low',
    confidence: 0.85,
    languages: ['script'],
    suggestion: 'Name the type, or use unknown and check it.',
    explain: (line) => {
      const match = /(\w+)\??\s*:\s*any\b|\bas any\b|<any>/.exec(line.bare);
      return match === null
        ? undefined
        : `\`${shorten(match[0])}\` switches the type checker off for all that follows.`;
    },
  },
  {
    title: 'Code in a comment',
    category: 'style',
    severity: 'low',
    confidence: 0.75,
    languages: ['script', 'python'],
    suggestion: 'Delete it: the history keeps it.',
    explain: (line) => {
      const comment = /^\s*(?:\/\/|#)\s?(.*)$/.exec(line.raw)?.[1] ?? '';
      const code =
        /^\s*(return\b.*|(const|let|var)\s+\w+\s*=.*|[\w.]+\(.*\)|[\w.[\]]+\s*=\s*.+|if\s*\(.*|\}.*);\s*$|^\s*(if|for|while)\s*\(.*\{\s*$/.test(
          comment,
        );
      const python =
        line.language === 'python' && /^\s*(return\b|import\b|\w+\s*=\s*\S|\w+\(.*\)$)/.test(comment);
      return code || python ? `\`${shorten(comment)}\` is code that does not run.` : undefined;
    },
  },
  {
    title: 'Promise to finish later',
    category: 'style',
    severity: 'low',
    confidence: 0.6,
    languages: ['script', 'python', 'other'],
    suggestion: 'Finish it, or file it where it will be found.',
    explain: (line) => {
      const mark = /(?:\/\/|#|\*)\s*.*\b(TODO|FIXME|XXX|HACK)\b/.exec(line.raw)?.[1];
      return mark && `${mark} in a comment: nobody is told of it.`;
    },
  },
  SWALLOWED_ERROR,
  UNAWAITED_CALLBACKS,
];
