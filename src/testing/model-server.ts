import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Anthropic from '@anthropic-ai/sdk';
import { estimateTokens, type ScriptedReply } from '../models/scripted-reply';
import { toAnthropicMessage } from './anthropic-message';
import { anthropicStream } from './anthropic-stream';
import type { CallRecord } from './call-record';

/** A request as a reply function sees it. */
export interface ServedRequest {
  readonly system: string;
  readonly messages: Anthropic.MessageCreateParams['messages'];
  readonly tools: NonNullable<Anthropic.MessageCreateParams['tools']>;
  readonly model: string;
  readonly maxTokens: number;
  readonly callKey: string | undefined;
  /** Position of this call among all calls of the server, from 0. */
  readonly index: number;
  /** The body as it came, for everything else. */
  readonly body: Anthropic.MessageCreateParams;
}

/** An error in Anthropic's envelope instead of a reply. */
export interface ServedError {
  readonly error: {
    readonly status: number;
    readonly type: string;
    readonly message: string;
    readonly details?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
  };
}

/** A reply that does not arrive: cut off midway, held back after its first words until the caller hangs up, or no reply at all. */
export interface ServedFault {
  readonly fault: 'cut' | 'stall' | 'garbage';
  readonly reply: ScriptedReply;
}

export type ServedReply = ScriptedReply | ServedError | ServedFault;

export interface ModelServerOptions {
  /** Called when a request has arrived, before its latency. Throwing answers with status 500. */
  readonly reply: (request: ServedRequest) => ServedReply | Promise<ServedReply>;
  /** Milliseconds from the arrival of a request to its reply, which is then written at once. @default 0 */
  readonly latencyMs?: number | ((request: ServedRequest) => number);
  /** @default 0: a free port */
  readonly port?: number;
}

export interface ModelServer {
  /** What `ANTHROPIC_BASE_URL` is to be set to. */
  readonly url: string;
  /** Every request for a message so far, in order of arrival. */
  calls(): readonly CallRecord[];
  /** Cuts open connections and frees the port. */
  close(): Promise<void>;
}

/**
 * A scripted model behind real HTTP that speaks Anthropic's Messages API (streamed and not, and token counts) on the
 * loopback interface, in this process. For benchmarks, demos and tests that kill their workers: its log outlives them.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const calls: CallRecord[] = [];
  const server = createServer((request, response) => {
    serve(request, response, { options, calls }).catch((error: unknown) => {
      sendError(response, {
        error: {
          status: 500,
          type: 'api_error',
          message: error instanceof Error ? error.message : 'unknown',
        },
      });
    });
  });
  // Longer than any client keeps an idle connection: a reuse must never meet our close.
  server.keepAliveTimeout = 10 * 60_000;
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls: () => [...calls],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

interface Serving {
  readonly options: ModelServerOptions;
  readonly calls: CallRecord[];
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const raw = await readBody(request);
  if (request.method === 'POST' && path === '/v1/messages/count_tokens')
    return sendJson(response, { input_tokens: estimateTokens(raw.length) });
  if (request.method !== 'POST' || path !== '/v1/messages')
    return sendError(response, {
      error: { status: 404, type: 'not_found_error', message: `no ${request.method} ${path}` },
    });
  const body = parse(raw);
  if (body === undefined)
    return sendError(response, {
      error: { status: 400, type: 'invalid_request_error', message: 'the body is not JSON' },
    });
  const served = servedRequest(request, body, serving.calls.length);
  const finish = record(response, serving.calls, {
    callKey: served.callKey,
    bodyDigest: createHash('sha256').update(raw).digest('hex'),
    model: served.model,
    startedAt: now(),
    outcome: 'running',
  });
  await answer(response, served, { options: serving.options, finish }).catch((error: unknown) => {
    finish({ outcome: 'failed', error: error instanceof Error ? error.message : String(error) });
    throw error;
  });
}

type Finish = (end: Pick<CallRecord, 'outcome' | 'error' | 'tokens'>) => void;

async function answer(
  response: ServerResponse,
  request: ServedRequest,
  { options, finish }: { readonly options: ModelServerOptions; readonly finish: Finish },
): Promise<void> {
  const { latencyMs = 0, reply } = options;
  const latency = typeof latencyMs === 'number' ? latencyMs : latencyMs(request);
  const [served] = await Promise.all([reply(request), latency > 0 ? wait(latency, response) : undefined]);
  if (response.destroyed) return;
  if ('error' in served) return sendError(response, served);
  const message = toAnthropicMessage(
    'fault' in served ? served.reply : served,
    request.body,
    String(request.index),
  );
  if ('fault' in served) return misbehave(response, anthropicStream(message), { served, finish });
  const { input_tokens, output_tokens } = message.usage;
  const tokens = input_tokens + output_tokens;
  response.once('finish', () => finish({ outcome: 'finished', tokens }));
  if (request.body.stream !== true) return sendJson(response, message);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${request.index}` });
  response.end(anthropicStream(message).join(''));
}

function misbehave(
  response: ServerResponse,
  events: readonly string[],
  { served: { fault }, finish }: { readonly served: ServedFault; readonly finish: Finish },
): void {
  finish({ outcome: 'failed', error: fault });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (fault === 'garbage') return void response.end('event: message_start\ndata: {"type":\n\n');
  response.write(events.slice(0, Math.ceil(events.length / 2)).join(''), () => {
    if (fault === 'cut') response.destroy();
  });
}

/** Ends early where the caller hangs up, so that a server's work never outlives its requests. */
function wait(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Adds the call to the log and completes its record when the exchange ends, whoever ends it. */
function record(response: ServerResponse, calls: CallRecord[], begun: CallRecord): Finish {
  const index = calls.push(begun) - 1;
  const finish: Finish = (end) => {
    if (calls[index]?.outcome === 'running') calls[index] = { ...begun, ...end, finishedAt: now() };
  };
  response.once('close', () =>
    finish({ outcome: response.writableFinished ? 'failed' : 'closed-by-client' }),
  );
  return finish;
}

function servedRequest(
  request: IncomingMessage,
  body: Anthropic.MessageCreateParams,
  index: number,
): ServedRequest {
  const { system = '' } = body;
  const callKey = request.headers['idempotency-key'];
  return {
    system: typeof system === 'string' ? system : system.map((block) => block.text).join('\n'),
    messages: body.messages,
    tools: body.tools ?? [],
    model: body.model,
    maxTokens: body.max_tokens,
    callKey: typeof callKey === 'string' ? callKey : undefined,
    index,
    body,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(raw: string): Anthropic.MessageCreateParams | undefined {
  try {
    return JSON.parse(raw) as Anthropic.MessageCreateParams;
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, { error }: ServedError): void {
  if (response.headersSent) return;
  const { status, headers, ...told } = error;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ type: 'error', error: told }));
}

/** Finer than a millisecond, so that records of fast calls have an order. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
