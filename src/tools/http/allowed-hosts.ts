import { failure } from '../../contract/fail';

/** Longer addresses are refused: no honest one is, and what is long carries data out. */
const MAX_URL_CHARS = 2048;

const ENTRY = /^(\*\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(?::(\d{1,5}))?$/;

interface AllowedHost {
  readonly name: string;
  /** `*.` before the name: hosts below it, not the name itself. */
  readonly below: boolean;
  readonly port: number | undefined;
}

/** Reads what a model wrote as an address. Throws what the model is told. */
export type ReadUrl = (text: string) => URL;

/**
 * Lets addresses of these hosts through: `api.example.com`, `*.example.com` (every host below it), each with `:port` where
 * it is not the scheme's own. Throws InvalidInput that lists every entry that is none.
 */
export function allowedHosts(hosts: readonly string[], schemes: readonly string[]): ReadUrl {
  const wrong = hosts.filter((host) => !ENTRY.test(host));
  if (wrong.length > 0 || hosts.length === 0) {
    const what = hosts.length === 0 ? 'it names none' : `these are none: ${wrong.join(', ')}`;
    throw failure(
      'InvalidInput',
      `the http tools need a list of hosts in lower case, such as "api.example.com", "*.example.com" or "api.example.com:8443"; ${what}`,
    );
  }
  const allowed = hosts.map(readEntry);
  return (text) => {
    if (text.length > MAX_URL_CHARS)
      throw new Error(`Refused: the address is longer than ${MAX_URL_CHARS} characters.`);
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) throw new Error('Refused: this is no absolute address.');
    if (!schemes.includes(url.protocol.slice(0, -1)))
      throw new Error(`Refused: only ${schemes.join(' and ')} addresses are allowed.`);
    if (url.username !== '' || url.password !== '')
      throw new Error('Refused: an address may hold no user name and no password.');
    // The parsed address is what is asked for, so what is compared is the parsed host, in whatever digits it was written.
    if (!allowed.some((host) => isAllowed(host, url)))
      throw new Error(`Refused: the host is not on the list. Allowed are: ${hosts.join(', ')}.`);
    return url;
  };
}

function readEntry(entry: string): AllowedHost {
  const [, below, name = '', port] = ENTRY.exec(entry) ?? [];
  return { name, below: below !== undefined, port: port === undefined ? undefined : Number(port) };
}

function isAllowed({ name, below, port }: AllowedHost, url: URL): boolean {
  const named = below ? url.hostname.endsWith(`.${name}`) : url.hostname === name;
  return named && (port ?? defaultPort(url)) === portOf(url);
}

export function portOf(url: URL): number {
  return url.port === '' ? defaultPort(url) : Number(url.port);
}

function defaultPort({ protocol }: URL): number {
  return protocol === 'http:' ? 80 : 443;
}
