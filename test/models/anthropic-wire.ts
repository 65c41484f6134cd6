import type { ServerResponse } from 'node:http';
import { serverSentEvent } from '../../src/testing/anthropic-stream';
import type { Block, Reply } from './vendor';
import type { Scene } from './wire';

type Fields = Readonly<Record<string, unknown>>;

function event(type: string, fields: Fields = {}): string {
  return serverSentEvent({ type, ...fields });
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function opening(usage: Fields): string {
  return event('message_start', {
    message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'model-1', content: [], usage },
  });
}

/** The stream of a block, its text or arguments in two pieces. */
export function blockEvents(block: Block, index: number): string {
  const [start, pieces] = startAndPieces(block);
  return [
    event('content_block_start', { index, content_block: start }),
    event('ping'),
    ...pieces.map((delta) => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ].join('');
}

function startAndPieces(block: Block): [Fields, Fields[]] {
  if ('text' in block)
    return [{ type: 'text', text: '' }, halves(block.text).map((text) => ({ type: 'text_delta', text }))];
  if ('tool' in block)
    return [
      { type: 'tool_use', id: block.id, name: block.tool, input: {} },
      halves(block.json).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    ];
  return [
    { type: 'thinking', thinking: '', signature: '' },
    [
      ...halves(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: block.signature },
    ],
  ];
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

export function anthropicReply({ blocks, stop, usage }: Reply, details: Fields = {}): Scene {
  const cached = (usage?.cacheReadTokens ?? 0) + (usage?.cacheWriteTokens ?? 0);
  const counts = {
    input_tokens: (usage?.inputTokens ?? 10) - cached,
    output_tokens: 1,
    cache_read_input_tokens: usage?.cacheReadTokens ?? 0,
    cache_creation_input_tokens: usage?.cacheWriteTokens ?? 0,
  };
  return (response) => {
    begin(response);
    response.end(
      [
        opening(counts),
        ...blocks.map(blockEvents),
        event('message_delta', {
          delta: { stop_reason: stop, stop_sequence: null, ...details },
          usage: { input_tokens: null, output_tokens: usage?.outputTokens ?? 5 },
        }),
        event('message_stop'),
      ].join(''),
    );
  };
}

export function anthropicPartial(then: 'cut' | 'end' | 'hang' | 'garbage'): Scene {
  return (response) => {
    begin(response);
    response.write(
      opening({ input_tokens: 1, output_tokens: 1 }) + blockEvents({ text: 'so far' }, 0),
      () => {
        if (then === 'cut') response.destroy();
        if (then === 'end') response.end();
        if (then === 'garbage') response.end('event: message_delta\ndata: {"type": oops\n\n');
      },
    );
  };
}

export function anthropicStreamError(type: string): Scene {
  return (response) => {
    begin(response);
    response.end(opening({}) + event('error', { error: { type, message: 'in the middle' } }));
  };
}

export interface ErrorShape {
  readonly status: number;
  readonly type?: string;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the vendor's envelope. */
  readonly raw?: string;
}

export function anthropicError({ status, type, code, headers, raw }: ErrorShape): Scene {
  const error = {
    type,
    message: `what ${type} says`,
    ...(code === undefined ? {} : { details: { error_code: code } }),
  };
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers });
    response.end(raw ?? JSON.stringify({ type: 'error', error }));
  };
}
