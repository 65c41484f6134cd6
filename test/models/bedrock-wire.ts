import type { ServerResponse } from 'node:http';
import { EventStreamCodec } from '@smithy/core/event-streams';
import type { Block, Reply } from './vendor';
import type { Scene } from './wire';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

type Kind = 'event' | 'exception';

/** One frame of the AWS event stream: binary headers, a JSON body, checksums. */
function frame(kind: Kind, type: string, body: object | string): Uint8Array {
  const header = (value: string) => ({ type: 'string', value }) as const;
  return codec.encode({
    headers: {
      ':message-type': header(kind),
      [kind === 'event' ? ':event-type' : ':exception-type']: header(type),
      ':content-type': header('application/json'),
    },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  response.write(frame('event', 'messageStart', { role: 'assistant' }));
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

function blockFrames(block: Block, contentBlockIndex: number): Uint8Array[] {
  const delta = (piece: object): Uint8Array =>
    frame('event', 'contentBlockDelta', { contentBlockIndex, delta: piece });
  const pieces = (): Uint8Array[] => {
    if ('text' in block) return halves(block.text).map((text) => delta({ text }));
    if ('tool' in block)
      return [
        frame('event', 'contentBlockStart', {
          contentBlockIndex,
          start: { toolUse: { toolUseId: block.id, name: block.tool } },
        }),
        ...halves(block.json).map((input) => delta({ toolUse: { input } })),
      ];
    return [
      ...halves(block.thinking).map((text) => delta({ reasoningContent: { text } })),
      delta({ reasoningContent: { signature: block.signature } }),
    ];
  };
  return [...pieces(), frame('event', 'contentBlockStop', { contentBlockIndex })];
}

export function bedrockReply({ blocks, stop, usage }: Reply, counts?: object): Scene {
  const cacheRead = usage?.cacheReadTokens ?? 0;
  const cacheWrite = usage?.cacheWriteTokens ?? 0;
  const input = usage?.inputTokens ?? 10;
  const output = usage?.outputTokens ?? 5;
  return (response) => {
    begin(response);
    for (const [index, block] of blocks.entries())
      for (const bytes of blockFrames(block, index)) response.write(bytes);
    response.write(frame('event', 'messageStop', { stopReason: stop }));
    response.end(
      frame('event', 'metadata', {
        usage: counts ?? {
          inputTokens: input - cacheRead - cacheWrite,
          outputTokens: output,
          totalTokens: input + output,
          cacheReadInputTokens: cacheRead,
          cacheWriteInputTokens: cacheWrite,
        },
        metrics: { latencyMs: 1 },
      }),
    );
  };
}

/** A reply of encrypted reasoning, in two pieces of bytes. */
export function bedrockRedacted(pieces: readonly string[]): Scene {
  return (response) => {
    begin(response);
    for (const piece of pieces)
      response.write(
        frame('event', 'contentBlockDelta', {
          contentBlockIndex: 0,
          delta: { reasoningContent: { redactedContent: Buffer.from(piece).toString('base64') } },
        }),
      );
    response.end(frame('event', 'messageStop', { stopReason: 'end_turn' }));
  };
}

export function bedrockPartial(then: 'cut' | 'end' | 'hang' | 'garbage'): Scene {
  return (response) => {
    begin(response);
    const [first = new Uint8Array()] = blockFrames({ text: 'so far' }, 0);
    response.write(first, () => {
      if (then === 'cut') response.destroy();
      if (then === 'end') response.end();
      if (then === 'garbage') response.end(frame('event', 'messageStop', '{"stopReason": oops'));
    });
  };
}

export function bedrockStreamError(type: string): Scene {
  return (response) => {
    begin(response);
    response.end(frame('exception', type, { message: 'in the middle', originalStatusCode: 500 }));
  };
}

/** A frame whose bytes were changed on the way: its checksum does not fit. */
export function bedrockCorrupted(): Scene {
  return (response) => {
    begin(response);
    const bytes = frame('event', 'messageStop', { stopReason: 'end_turn' });
    bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 0xff;
    response.end(bytes);
  };
}

export interface BedrockErrorShape {
  readonly status: number;
  readonly type?: string;
  readonly fields?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export function bedrockError({ status, type, fields, headers }: BedrockErrorShape): Scene {
  return (response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-requestid': 'req-1',
      ...(type === undefined ? {} : { 'x-amzn-errortype': `${type}:http://internal.amazon.com/` }),
      ...headers,
    });
    response.end(JSON.stringify({ message: `what ${type} says`, ...fields }));
  };
}
