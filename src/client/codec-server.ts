import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { failure } from '../contract/fail';
import type { OpenStore } from '../threads/open-store';
import { type PayloadReader, payloadReader } from './payload-reader';

/** Largest request, in bytes: a whole gRPC message of Temporal in base64, and some more. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
const MIN_TOKEN_CHARS = 16;

export interface CodecServerOptions {
  readonly opened: OpenStore;
  /** Whoever says it may read every run: at least 16 characters. */
  readonly token: string;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0: any free one */
  readonly port?: number;
  /** Origins of the web pages that may ask, of Temporal's Web UI: `http://127.0.0.1:8080`. @default none */
  readonly origins?: readonly string[];
}

export interface CodecServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Temporal's codec server over HTTP: `POST /decode` and `POST /encode` with payloads as JSON, so that the Web UI and the
 * `temporal` command show what is encrypted to those who have the token, as `Authorization: Bearer` or as the password of
 * HTTP's basic scheme, which a browser asks for. What cannot be opened, of a forgotten run say, comes back as it is. It
 * keeps and logs nothing. Throws InvalidInput where nothing is encrypted or the token is short.
 */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const { opened, token, host = '127.0.0.1', port = 0, origins = [] } = options;
  const reader = payloadReader(opened);
  if (reader === undefined)
    throw failure('InvalidInput', 'Nothing is encrypted here: set BATON_KEYS as the workers have it.');
  if (token.length < MIN_TOKEN_CHARS)
    throw failure('InvalidInput', `The token needs at least ${MIN_TOKEN_CHARS} characters.`);
  const server = createServer((request, response) => {
    allowOrigin(request, response, origins);
    answer(request, { reader, token }).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 400, { message: 'not understood' }),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  return { url: urlOf(server), close: () => closed(server) };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function answer(
  request: IncomingMessage,
  { reader, token }: { readonly reader: PayloadReader; readonly token: string },
): Promise<Answer> {
  if (request.method === 'OPTIONS') return { status: 204, body: {} };
  if (!isAllowed(request.headers.authorization, token))
    return { status: 401, body: { message: 'say the token' } };
  // A namespace may stand before it: the Web UI's setting allows `/{namespace}/decode`.
  const verb = /\/(encode|decode)$/.exec(new URL(request.url ?? '/', 'http://localhost').pathname)?.[1];
  if (verb === undefined || request.method !== 'POST')
    return { status: 404, body: { message: 'POST /decode or /encode' } };
  const text = await bodyOf(request);
  if (text === undefined) return { status: 413, body: { message: 'too large' } };
  const { payloads } = temporal.api.common.v1.Payloads.fromObject(JSON.parse(text));
  const done = verb === 'decode' ? await reader.decode(payloads) : await reader.encode(payloads);
  return { status: 200, body: { payloads: done.map(asJson) } };
}

function isAllowed(header: string | undefined, token: string): boolean {
  const [scheme = '', said = ''] = (header ?? '').split(' ');
  const basic = scheme.toLowerCase() === 'basic' ? Buffer.from(said, 'base64').toString() : undefined;
  const password = basic === undefined ? said : basic.slice(basic.indexOf(':') + 1);
  // Of hashes, so that neither the token's length nor where a wrong one differs can be timed.
  return timingSafeEqual(digest(password), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A page of another origin is told nothing, so that its browser refuses to show it what comes back. */
function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (origin === undefined || !origins.includes(origin)) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', 'POST, GET, OPTIONS');
  response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, X-Namespace');
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function asJson({ metadata, data }: Payload): object {
  const inBase64 = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]);
  return { metadata: Object.fromEntries(inBase64), ...(data == null ? {} : { data: base64(data) }) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.setHeader('Cache-Control', 'no-store');
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="Baton codec server"');
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
