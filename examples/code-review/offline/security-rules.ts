// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of the code under review.
import type { CodeLine } from './code-line';
import { matching, type Rule, shorten } from './rule';
import { SWALLOWED_ERROR } from './shared-rules';

const SQL =
  /^\s*(select\b[\s\S]*\bfrom|insert\s+into|update\b[\s\S]*\bset|delete\s+from|with\b[\s\S]*\bas)\b/i;
const FROM_REQUEST = /\b(req(uest)?\.(params|query|body|headers|args|form)|ctx\.(params|query))\b/;

export const SECURITY_RULES: readonly Rule[] = [
  {
    title: 'Secret written into the code',
    category: 'security',
    severity: 'critical',
    confidence: 0.85,
    languages: ['script', 'python', 'other', 'prose'],
    suggestion:
      'Read it from the environment or a secret store, and revoke this one: it is in the history now.',
    explain: (line) => {
      const named =
        /\b(\w*(?:api_?key|secret|passw(?:or)?d|token)\w*)["']?\s*[:=]\s*["'`]([^"'`\s]{8,})["'`]/i.exec(
          line.code,
        );
      const known =
        /\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|sk_live_\w{8,})\b|-----BEGIN [A-Z ]*PRIVATE KEY/.test(
          line.code,
        );
      if (named !== null && !isPlaceholder(named[2] ?? ''))
        return `\`${named[1]}\` is set to a literal that everyone with the code can read.`;
      return known ? 'A literal on this line has the form of a live credential.' : undefined;
    },
  },
  {
    title: 'SQL put together from values',
    category: 'security',
    severity: 'critical',
    confidence: 0.9,
    languages: ['script', 'python', 'other'],
    suggestion: 'Pass the values as query parameters.',
    explain: (line) => {
      const value = sqlValue(line);
      return (
        value &&
        `\`${shorten(value)}\` becomes part of the statement's text, so whoever sets it can change the statement.`
      );
    },
  },
  {
    title: 'Shell command put together from values',
    category: 'security',
    severity: 'critical',
    confidence: 0.85,
    languages: ['script', 'python'],
    suggestion: 'Run the program without a shell and pass the arguments as a list, each one checked.',
    explain: matching(
      /\b(exec|execSync|os\.system|subprocess\.\w+)\(\s*(`[^`]*?\$\{([^}]*)\}|["'][^"']*["']\s*\+\s*([\w.]+)|f["'][^"']*\{([^}]*)\})/,
      (_, match) =>
        `\`${match[3] ?? match[4] ?? match[5]}\` is read by the shell that \`${match[1]}\` starts.`,
    ),
  },
  {
    title: 'Text run as code',
    category: 'security',
    severity: 'critical',
    confidence: 0.8,
    languages: ['script', 'python'],
    suggestion: 'Parse the text, or look the wanted function up in a table.',
    explain: (line) => {
      const call = /(?<![.\w])(eval|new Function|exec)\((?!\s*\))/.exec(line.bare)?.[1];
      const ownExec = call === 'exec' && line.language === 'script';
      return call === undefined || ownExec ? undefined : `\`${call}\` runs whatever text reaches it.`;
    },
  },
  {
    title: 'Path taken from the request',
    category: 'security',
    severity: 'high',
    confidence: 0.8,
    languages: ['script', 'python'],
    suggestion: 'Resolve the path and refuse what leaves the folder.',
    explain: (line) => {
      const from = FROM_REQUEST.test(line.bare) ? /\breq\w*\.\w+(\.\w+)?/.exec(line.bare)?.[0] : undefined;
      const call = /\b(join|resolve|readFile\w*|createReadStream|sendFile|unlink\w*|open)\(/.exec(
        line.bare,
      )?.[1];
      return from && call && `\`${from}\` reaches \`${call}\` as it came, so "../" in it leaves the folder.`;
    },
  },
  {
    title: 'Redirect to an address from the request',
    category: 'security',
    severity: 'medium',
    confidence: 0.75,
    languages: ['script', 'python'],
    suggestion: 'Redirect to own paths only.',
    explain: matching(
      /\bredirect\([^)]*\breq(uest)?\.[\w.]+/,
      (found) => `\`${found}\` sends people wherever a link says.`,
    ),
  },
  {
    title: 'HTML put together from values',
    category: 'security',
    severity: 'high',
    confidence: 0.8,
    languages: ['script', 'prose'],
    suggestion: 'Set text with textContent, or escape the values.',
    explain: (line) => {
      const sink =
        /\b(innerHTML|outerHTML)\s*\+?=(?!=)|\b(document\.write|insertAdjacentHTML)\(|dangerouslySetInnerHTML/.exec(
          line.bare,
        );
      const fixed = /[=(,]\s*(["'`])\1\s*\)?;?\s*$/.test(line.bare) && !line.code.includes('${');
      return sink === null || fixed
        ? undefined
        : `\`${shorten(sink[0])}\` makes markup of whatever the values hold.`;
    },
  },
  {
    title: 'Weak hash',
    category: 'security',
    severity: 'low',
    confidence: 0.6,
    languages: ['script', 'python'],
    suggestion: 'Use SHA-256, or scrypt for passwords.',
    explain: matching(
      /createHash\(\s*["'](md5|sha1)["']|hashlib\.(md5|sha1)\b/i,
      (_, match) => `Collisions of ${(match[1] ?? match[2] ?? '').toUpperCase()} can be made on purpose.`,
    ),
  },
  {
    title: 'Certificates not checked',
    category: 'security',
    severity: 'high',
    confidence: 0.9,
    languages: ['script', 'python', 'other', 'prose'],
    suggestion: 'Trust the needed authority by name instead.',
    explain: matching(
      /rejectUnauthorized["']?\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED\S*\s*[:=]\s*["']?0|\bverify\s*=\s*False|InsecureSkipVerify\s*:\s*true/,
      (found) => `\`${found}\` lets anyone on the way read and change the traffic.`,
    ),
  },
  {
    title: 'Guessable random value',
    category: 'security',
    severity: 'medium',
    confidence: 0.7,
    languages: ['script', 'python'],
    suggestion: 'Use crypto.randomUUID() or the secrets module.',
    explain: (line) => {
      const source = /\b(Math\.random\(|random\.(random|choice|randint)\()/.exec(line.bare)?.[0];
      const purpose = [line, ...line.enclosing.slice(0, 1)]
        .map((near) => /\w*(token|secret|session|password|nonce|otp)\w*/i.exec(near.bare)?.[0])
        .find((name) => name !== undefined);
      return (
        source && purpose && `\`${purpose}\` comes from \`${source})\`, whose next values can be worked out.`
      );
    },
  },
  SWALLOWED_ERROR,
];

/** The value that is written into an SQL text on this line, if one is. */
function sqlValue(line: CodeLine): string | undefined {
  const joined = /(["'])([^"']*)\1\s*(?:\+|%)\s*([\w.[\]]+)/.exec(line.code);
  if (joined !== null && SQL.test(joined[2] ?? '')) return joined[3];
  const formatted = /\bf(["'])([^"']*\{([^}]*)\})/.exec(line.code);
  if (line.language === 'python' && formatted !== null && SQL.test(formatted[2] ?? '')) return formatted[3];
  const value = /\$\{([^}]*)\}/.exec(line.code);
  if (value === null) return undefined;
  const lead = [...line.before.map((earlier) => earlier.code), line.code.slice(0, value.index)].join('\n');
  const pieces = lead.split('`');
  // An odd number of marks before the value: it stands inside the last of these templates.
  return pieces.length % 2 === 0 && SQL.test((pieces.at(-1) ?? '') + line.code.slice(value.index))
    ? value[1]
    : undefined;
}

function isPlaceholder(value: string): boolean {
  return /^(x+|\*+|\.+|<.*>|\$\{.*|%.*|your[-_].*|change.?me.*|example.*|test.*|dummy.*|placeholder.*)$/i.test(
    value,
  );
}
