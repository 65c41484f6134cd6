import { failure } from '../contract/fail';
import type { Json } from '../contract/json';

/** Takes the process's secrets out of what leaves it. */
export interface Redactor {
  /** A text without the secrets themselves, in the forms that they are written in. What only looks like a key stays. */
  text(text: string): string;
  /** A JSON value likewise, names of members included; the same object where there was nothing to take out. */
  json<T extends Json>(value: T): T;
  /** The same error, its message, stack trace, details and causes without them. */
  error(error: unknown): unknown;
  /** A line of a log: also without what looks like a key or a token. */
  line(line: string): string;
}

const REDACTED = '[secret]';

/** Shorter values are words: taking them out would spoil texts and protect nothing. */
const MIN_SECRET_CHARS = 8;

/** Variables that hold secrets, by their names. Those that name a file or a socket hold none. */
const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL)S?(_|$|\d)/i;
const NO_SECRET_NAME = /_(FILE|PATH|SOCK|URL|ID)$/i;

/** Keys of well-known forms, bearer tokens, JSON web tokens, passwords in addresses, private keys. */
const LOOKS_SECRET = [
  /\bsk-[\w-]{8,}/,
  /\b(AKIA|ASIA)[A-Z0-9]{12,}/,
  /\b(gh[opsu]_|github_pat_|glpat-|xox[abprs]-)[\w-]{10,}/,
  /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/i,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
  /(?<=:\/\/[^\s:/@]{0,200}:)[^\s/@]+(?=@)/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/,
];

/** Causes below causes: an error may be its own. */
const MAX_CAUSES = 20;

/**
 * What an environment says is secret: values of variables whose names say so (`…KEY`, `…TOKEN`, `…SECRET`, `…PASSWORD`), of
 * those that `BATON_SECRETS` names (commas between), and passwords in addresses; eight characters or more. `BATON_REDACT`
 * is a regular expression of what logs shall not show besides. Throws InvalidInput where it is none.
 */
export function redactorFor(env: NodeJS.ProcessEnv): Redactor {
  return createRedactor(secretsOf(env), patternsOf(env));
}

function patternsOf({ BATON_REDACT }: NodeJS.ProcessEnv): RegExp[] {
  try {
    return BATON_REDACT ? [new RegExp(BATON_REDACT)] : [];
  } catch {
    throw failure('InvalidInput', 'BATON_REDACT is no regular expression.');
  }
}

/** Takes out the secrets, whatever their length, in all forms that they are written in; and from lines of logs also what a pattern matches. */
export function createRedactor(secrets: readonly string[], patterns: readonly RegExp[] = []): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((one, other) => other.length - one.length);
  const exact = forms.length === 0 ? undefined : new RegExp(forms.map(escaped).join('|'), 'g');
  const looks = new RegExp([...LOOKS_SECRET, ...patterns].map(({ source }) => source).join('|'), 'gi');
  const text = (given: string): string => (exact === undefined ? given : given.replace(exact, REDACTED));
  const json = <T extends Json>(value: T): T => {
    if (exact === undefined) return value;
    return cleaned(value, text) as T;
  };
  return {
    text,
    json,
    line: (line) => text(line).replace(looks, REDACTED),
    error: (error) => {
      let here = error;
      for (let depth = 0; here instanceof Error && depth < MAX_CAUSES; depth += 1) {
        here.message = text(here.message);
        if (here.stack !== undefined) here.stack = text(here.stack);
        if ('details' in here && Array.isArray(here.details)) here.details = json(here.details as Json[]);
        here = here.cause;
      }
      return error;
    },
  };
}

/** The very value where nothing in it changes. */
function cleaned(value: Json, text: (given: string) => string): Json {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => cleaned(item, text));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const before = Object.entries(value);
  const after = before.map(([name, member]) => [text(name), cleaned(member, text)] as const);
  const same = after.every(
    ([name, member], index) => name === before[index]?.[0] && member === before[index]?.[1],
  );
  return same ? value : Object.fromEntries(after);
}

function secretsOf(env: NodeJS.ProcessEnv): string[] {
  const named = new Set((env.BATON_SECRETS ?? '').split(','));
  const found = Object.entries(env).flatMap(([name, value = '']) => {
    const isSecret = named.has(name) || (SECRET_NAME.test(name) && !NO_SECRET_NAME.test(name));
    if (name === 'BATON_KEYS')
      return value.split(/[,\s]+/).map((entry) => entry.slice(entry.indexOf(':') + 1));
    return isSecret ? [value] : passwordIn(value);
  });
  return found.filter((secret) => secret.length >= MIN_SECRET_CHARS);
}

function passwordIn(value: string): string[] {
  const [, password = ''] = /^[a-z][\w+.-]*:\/\/[^\s:/@]*:([^\s/@]+)@/i.exec(value) ?? [];
  return password === '' ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As it is, as JSON, URLs and headers write it. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
