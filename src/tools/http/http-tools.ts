import { z } from 'zod';
import type { Duration } from '../../contract/team/duration';
import { defineTool } from '../define-tool';
import type { Tool } from '../tool';
import { toolUnavailable } from '../tool-errors';
import { allowedHosts, type ReadUrl } from './allowed-hosts';
import { type Answer, DIRECT, type Exchange, exchange, type Network, Refused } from './pinned-exchange';

export type SendMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpToolsOptions {
  /** Hosts that may be asked: `api.example.com`, `*.example.com`, with `:port` where it is not the scheme's own. */
  readonly hosts: readonly string[];
  /** @default https only */
  readonly schemes?: readonly ('https' | 'http')[];
  /** Methods of `http_send`; without any there is no such tool. */
  readonly send?: readonly SendMethod[];
  /**
   * What a second identical send does: `keyed` where every host dedupes on the `Idempotency-Key` header. @default 'never':
   * a send whose answer was lost goes to a person
   */
  readonly sendRepeat?: 'keyed' | 'never';
  /** Headers that only that host gets, by host: its credentials. No model and no history sees them. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Bytes of an answer that are read, and characters that may be sent. @default 64 KiB */
  readonly maxBytes?: number;
  /** For a whole call, redirects included. @default '20s' */
  readonly timeout?: Duration;
  /** @default the machine's own resolver, and sockets of this process */
  readonly network?: Network;
}

const MAX_BYTES = 64 * 1024;
const TIMEOUT = '20s';
/** Redirects that one get follows, each checked like a new address. */
export const MAX_REDIRECTS = 5;

const urlSchema = z.string().describe('Absolute address, such as "https://api.example.com/items?page=2"');

const answerSchema = z.strictObject({
  status: z.number(),
  url: z.string().describe('Where the answer came from, after redirects'),
  contentType: z.string(),
  body: z.string(),
  complete: z.boolean().describe('False where the body goes on: only its beginning is here'),
  location: z.string().optional().describe('Where the answer points to; it was not followed'),
});

/**
 * `http_get`, and `http_send` where `send` names methods: requests to listed hosts on the public internet and to nothing
 * else, whatever a model writes, a name resolves to or an answer redirects to. What they return is untrusted. An address
 * carries what is written into it to its host: list only hosts that may hear what the agent knows. Throws InvalidInput where the list of hosts is wrong.
 */
export function httpTools(options: HttpToolsOptions): readonly Tool[] {
  const { send = [] } = options;
  const asking: Asking = {
    read: allowedHosts(options.hosts, options.schemes ?? ['https']),
    network: options.network ?? DIRECT,
    maxBytes: options.maxBytes ?? MAX_BYTES,
    headers: options.headers ?? {},
  };
  const timeout = options.timeout ?? TIMEOUT;
  const [first, ...others] = send;
  return [
    getTool(asking, timeout),
    ...(first === undefined
      ? []
      : [sendTool(asking, { timeout, methods: [first, ...others], repeat: options.sendRepeat ?? 'never' })]),
  ];
}

interface Asking {
  readonly read: ReadUrl;
  readonly network: Network;
  readonly maxBytes: number;
  readonly headers: NonNullable<HttpToolsOptions['headers']>;
}

function getTool(asking: Asking, timeout: Duration): Tool {
  return defineTool({
    name: 'http_get',
    description: `Gets a text from one of the allowed hosts, at most ${asking.maxBytes} bytes of it.`,
    input: z.strictObject({ url: urlSchema }),
    output: answerSchema,
    effect: 'read',
    repeat: 'safe',
    timeout,
    run: async (args, { signal }) => {
      let url = asking.read(args.url);
      for (let redirects = 0; ; redirects += 1) {
        const answer = await exchange(asking.network, {
          ...request(asking, url, signal),
          method: 'GET',
        }).catch(tellError);
        const next = redirectOf(answer, url);
        if (next === undefined) return told(url, answer);
        if (redirects === MAX_REDIRECTS)
          throw new Error(`Stopped: the address redirects more than ${MAX_REDIRECTS} times.`);
        url = asking.read(next);
      }
    },
  });
}

interface Sending {
  readonly timeout: Duration;
  readonly methods: readonly [SendMethod, ...SendMethod[]];
  readonly repeat: 'keyed' | 'never';
}

function sendTool(asking: Asking, { timeout, methods, repeat }: Sending): Tool {
  return defineTool({
    name: 'http_send',
    description:
      'Sends a text to one of the allowed hosts and returns its answer. Redirects are not followed.',
    input: z.strictObject({
      method: z.enum(methods),
      url: urlSchema,
      body: z.string().max(asking.maxBytes).default(''),
      contentType: z
        .string()
        .regex(/^[\w.+-]+\/[\w.+-]+(; ?charset=[\w-]+)?$/)
        .default('application/json'),
    }),
    output: answerSchema,
    effect: 'write',
    repeat,
    timeout,
    run: async ({ method, url: given, body, contentType }, { signal, idempotencyKey }) => {
      const url = asking.read(given);
      const { headers, ...asked } = request(asking, url, signal);
      const answer = await exchange(asking.network, {
        ...asked,
        method,
        body,
        headers: {
          ...headers,
          'content-type': contentType,
          'content-length': String(Buffer.byteLength(body)),
          'idempotency-key': idempotencyKey,
        },
      }).catch((error: unknown) => {
        if (error instanceof Refused || codeOf(error) === 'ECONNREFUSED') tellError(error);
        // The other side may have acted on it.
        throw toolUnavailable('The host broke off before it answered.');
      });
      const { location } = answer.headers;
      return { ...told(url, answer), ...(location === undefined ? {} : { location }) };
    },
  });
}

function request({ maxBytes, headers }: Asking, url: URL, signal: AbortSignal): Omit<Exchange, 'method'> {
  const own = Object.hasOwn(headers, url.host) ? headers[url.host] : undefined;
  return { url, headers: { 'user-agent': 'baton', accept: '*/*', ...own }, maxBytes, signal };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

function redirectOf({ status, headers: { location } }: Answer, from: URL): string | undefined {
  if (!REDIRECTS.has(status) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href))
    throw new Error('Stopped: the host redirects to what is no address.');
  return new URL(location, from.href).href;
}

function told(url: URL, { status, headers, body, complete }: Answer): z.output<typeof answerSchema> {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Error(`The host answered with ${status}, compressed though this was not asked for.`);
  if (body.includes(0)) throw new Error(`The host answered with ${status}, and with no text.`);
  const contentType = headers['content-type'] ?? '';
  return { status, url: url.href, contentType, body: new TextDecoder().decode(body), complete };
}

/** In words of its own: what the network says names addresses. */
function tellError(error: unknown): never {
  if (error instanceof Refused) throw error;
  if (error instanceof Error && error.name === 'AbortError') throw error;
  throw new Error(`The host did not answer (${codeOf(error)}).`);
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'no reason given';
}
