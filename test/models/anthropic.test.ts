import type { Json } from '../../src/contract/json';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import type { ModelRequest } from '../../src/models/provider';
import { serverSentEvent } from '../../src/testing/anthropic-stream';
import {
  anthropicError,
  anthropicPartial,
  anthropicReply,
  anthropicStreamError,
  type ErrorShape,
} from './anthropic-wire';
import { conformance } from './conformance';
import { FIND, SCHEMA } from './conformance-bench';
import type { ErrorCase, Vendor } from './vendor';
import { type Scene, startWire } from './wire';

function error(name: string, shape: ErrorShape, failure: ErrorCase['failure'], waitMs?: number): ErrorCase {
  return { name, scene: anthropicError(shape), failure, ...(waitMs === undefined ? {} : { waitMs }) };
}

const HALF_A_MINUTE_ON = new Date(Date.now() + 30_000 + 999).toUTCString();

const anthropic: Vendor = {
  name: 'Anthropic',
  provider: (url) => anthropicProvider({ apiKey: 'sk-test', baseURL: url }),
  words: { end: 'end_turn', toolUse: 'tool_use', maxTokens: 'max_tokens' },
  stops: [
    { word: 'end_turn', stop: 'end' },
    { word: 'max_tokens', stop: 'maxTokens' },
    { word: 'stop_sequence', stop: 'stopSequence', detail: '' },
    { word: 'tool_use', stop: 'toolUse' },
    { word: 'pause_turn', stop: 'pause' },
    { word: 'refusal', stop: 'refusal', detail: 'no category' },
    { word: 'model_context_window_exceeded', stop: 'contextExceeded' },
    { word: 'a_word_of_next_year', stop: 'unknown', detail: 'a_word_of_next_year' },
  ],
  errors: [
    error('400 invalid_request_error', { status: 400, type: 'invalid_request_error' }, 'ModelBadRequest'),
    error(
      '400 own spend limit',
      { status: 400, type: 'invalid_request_error', code: 'enforced_spend_limit_reached' },
      'ModelSpendLimitReached',
    ),
    error('401', { status: 401, type: 'authentication_error' }, 'ModelAuthFailed'),
    error('402', { status: 402, type: 'billing_error' }, 'ModelBillingFailed'),
    error('403', { status: 403, type: 'permission_error' }, 'ModelPermissionDenied'),
    error('404', { status: 404, type: 'not_found_error' }, 'ModelNotFound'),
    error('408 without an envelope', { status: 408, raw: 'slow' }, 'ModelTimeout'),
    error('409', { status: 409, type: 'conflict_error' }, 'ModelServerError'),
    error('413', { status: 413, type: 'request_too_large' }, 'ModelRequestTooLarge'),
    error('413 without an envelope', { status: 413, raw: '<html>too large</html>' }, 'ModelRequestTooLarge'),
    error('422', { status: 422, raw: '{"detail":"no"}' }, 'ModelBadRequest'),
    error('429 without a wait', { status: 429, type: 'rate_limit_error' }, 'ModelRateLimited'),
    error(
      '429 with a wait in seconds',
      { status: 429, type: 'rate_limit_error', headers: { 'retry-after': '7' } },
      'ModelRateLimited',
      7000,
    ),
    error(
      '429 with a wait in milliseconds',
      { status: 429, type: 'rate_limit_error', headers: { 'retry-after-ms': '1500', 'retry-after': '7' } },
      'ModelRateLimited',
      1500,
    ),
    error(
      '429 of a ramp limit',
      {
        status: 429,
        type: 'rate_limit_error',
        code: 'ramp_limit_exceeded',
        headers: { 'retry-after': '2' },
      },
      'ModelRateLimited',
      2000,
    ),
    error(
      '429 of a spend limit',
      { status: 429, type: 'rate_limit_error', code: 'enforced_spend_limit_reached' },
      'ModelSpendLimitReached',
    ),
    error(
      '429 that forbids another try',
      { status: 429, type: 'rate_limit_error', headers: { 'x-should-retry': 'false' } },
      'ModelQuotaExceeded',
    ),
    error('500', { status: 500, type: 'api_error' }, 'ModelServerError'),
    error('503 without an envelope', { status: 503, raw: 'down' }, 'ModelOverloaded'),
    error('503 of a server that loads', { status: 503, type: 'unavailable_error' }, 'ModelNotReady'),
    error(
      '400 of a prompt that does not fit a local server',
      { status: 400, type: 'exceed_context_size_error' },
      'ContextWindowExceeded',
    ),
    error('504', { status: 504, type: 'timeout_error' }, 'ModelTimeout'),
    error('529', { status: 529, type: 'overloaded_error' }, 'ModelOverloaded'),
    error(
      '529 with a wait',
      { status: 529, type: 'overloaded_error', headers: { 'retry-after': '3' } },
      'ModelOverloaded',
      3000,
    ),
    error('an unknown type with 418', { status: 418, type: 'teapot_error' }, 'ModelBadRequest'),
    error('an unknown type with 599', { status: 599, type: 'teapot_error' }, 'ModelServerError'),
    error(
      'an unknown type with 429',
      { status: 429, type: 'teapot_error', headers: { 'retry-after': '1' } },
      'ModelRateLimited',
      1000,
    ),
  ],
  streamErrors: [
    { type: 'overloaded_error', failure: 'ModelOverloaded' },
    { type: 'api_error', failure: 'ModelServerError' },
    { type: 'rate_limit_error', failure: 'ModelRateLimited' },
    { type: 'invalid_request_error', failure: 'ModelBadRequest' },
    { type: 'error_of_next_year', failure: 'ModelServerError' },
  ],
  reply: anthropicReply,
  partial: anthropicPartial,
  streamError: anthropicStreamError,
  readBody: ({ system, tools, tool_choice, output_config, messages }: Body) => ({
    system: (system ?? []).map(({ text }) => text).join(''),
    toolNames: (tools ?? []).map(({ name }) => name),
    forcedTool: tool_choice?.type === 'tool' ? tool_choice.name : undefined,
    forbidsTools: tool_choice?.type === 'none',
    nativeSchema: output_config?.format.schema,
    roles: messages.map(({ role }) => role),
    cacheMarks:
      JSON.stringify([system, tools, messages]).split('"cache_control":{"type":"ephemeral"}').length - 1,
    content: (index) => (messages[index]?.content ?? []).map(unmarked),
  }),
  wireBlock: {
    text: (text) => ({ type: 'text', text }),
    toolCall: (id, name, input) => ({ type: 'tool_use', id, name, input }),
    toolResult: (id, content, isError) => ({
      type: 'tool_result',
      tool_use_id: id,
      content,
      ...(isError ? { is_error: true } : {}),
    }),
    thinking: (thinking, signature) => ({ type: 'thinking', thinking, signature }),
  },
};

interface Body {
  readonly system?: readonly { readonly text: string }[];
  readonly tools?: readonly { readonly name: string }[];
  readonly tool_choice?: { readonly type: string; readonly name?: string };
  readonly output_config?: { readonly format: { readonly schema: Json } };
  readonly messages: readonly { readonly role: string; readonly content: readonly object[] }[];
}

function unmarked(block: object): unknown {
  return { ...block, cache_control: undefined };
}

const NEVER = new AbortController().signal;

const REQUEST: ModelRequest = {
  model: 'm',
  system: 's',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  maxOutputTokens: 8,
  stallTimeoutMs: 5000,
  callKey: 'k',
  agent: 'a',
};

describe('Anthropic', () => {
  conformance(anthropic);
});

describe('Anthropic only', () => {
  const ask = async (scene: Scene, options: { caching?: boolean } & Partial<ModelRequest> = {}) => {
    const { caching = true, ...settings } = options;
    const wire = await startWire();
    try {
      wire.play(scene);
      const reply = await anthropicProvider({ apiKey: 'sk-test', baseURL: wire.url, caching })
        .call({ ...REQUEST, ...settings }, { signal: NEVER })
        .catch((caught: unknown) => caught);
      return { reply, body: wire.seen[0]?.body, headers: wire.seen[0]?.headers };
    } finally {
      await wire.close();
    }
  };

  test('refusal: its category is the detail', async () => {
    const { reply } = await ask(
      anthropicReply(
        { blocks: [], stop: 'refusal' },
        { stop_details: { type: 'refusal', category: 'cyber' } },
      ),
    );
    expect(reply).toMatchObject({ stop: 'refusal', stopDetail: 'cyber', content: [] });
  });

  test('stop sequence: the sequence is the detail', async () => {
    const { reply } = await ask(
      anthropicReply({ blocks: [], stop: 'stop_sequence' }, { stop_sequence: 'END' }),
    );
    expect(reply).toMatchObject({ stop: 'stopSequence', stopDetail: 'END' });
  });

  test('caching off: no mark is sent, for servers that refuse them', async () => {
    const { body } = await ask(anthropicReply({ blocks: [{ text: 'x' }], stop: 'end_turn' }), {
      caching: false,
    });
    expect(JSON.stringify(body)).not.toContain('cache_control');
  });

  test('caching off: a forced answer is offered alone, for servers that take a forced tool as any tool', async () => {
    const answer = { output: { schema: SCHEMA, mode: 'tool' }, tools: [FIND] } as const;
    const toolsOf = async (caching: boolean): Promise<unknown> => {
      const { body } = await ask(anthropicReply({ blocks: [{ text: 'x' }], stop: 'end_turn' }), {
        caching,
        toolChoice: 'none',
        ...answer,
      });
      return JSON.stringify(body).match(/"name":"\w+"/g);
    };
    expect(await toolsOf(false)).toEqual(['"name":"give_answer"', '"name":"give_answer"']);
    expect(await toolsOf(true)).toContain('"name":"find"');
  });

  test('temperature: asks for the last version of the API that takes one, and for no other version without', async () => {
    const said = anthropicReply({ blocks: [], stop: 'end_turn' });
    const warm = await ask(said, { temperature: 0.5 });
    expect(warm.body.temperature).toBe(0.5);
    expect(warm.headers?.['anthropic-version']).toBe('2023-06-01');
    expect((await ask(said)).headers?.['anthropic-version']).not.toBe('2023-06-01');
  });

  test('pings: keep a slow reply alive past the stall timeout', async () => {
    const slow: Scene = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let pings = 0;
      const timer = setInterval(() => {
        response.write('event: ping\ndata: {"type": "ping"}\n\n');
        if (++pings < 8) return;
        clearInterval(timer);
        response.end(minimalReply({ type: 'text', text: 'late' }, 'end_turn'));
      }, 100);
    };
    const { reply } = await ask(slow, { stallTimeoutMs: 500 });
    expect(reply).toMatchObject({ stop: 'end', content: [{ type: 'text', text: 'late' }] });
  });

  test('429 with a date: waits until then', async () => {
    const { reply } = await ask(
      anthropicError({
        status: 429,
        type: 'rate_limit_error',
        headers: { 'retry-after': HALF_A_MINUTE_ON },
      }),
    );
    expect(reply).toMatchObject({ type: 'ModelRateLimited' });
    const { nextRetryDelay } = reply as { nextRetryDelay: number };
    expect(nextRetryDelay).toBeGreaterThan(20_000);
    expect(nextRetryDelay).toBeLessThanOrEqual(37_200);
  });

  test('429 that asks for more than a quarter of an hour: is a spend limit', async () => {
    const { reply } = await ask(
      anthropicError({ status: 429, type: 'rate_limit_error', headers: { 'retry-after': '901' } }),
    );
    expect(reply).toMatchObject({ type: 'ModelSpendLimitReached', nonRetryable: true });
  });

  test('an error: names status, type and request, and repeats no key', async () => {
    const { reply } = await ask(
      anthropicError({
        status: 401,
        raw: JSON.stringify({
          type: 'error',
          error: { type: 'authentication_error', message: 'invalid x-api-key sk-ant-api03-abcdefgh12345' },
        }),
      }),
    );
    expect(reply).toMatchObject({
      type: 'ModelAuthFailed',
      nonRetryable: true,
      details: [{ provider: 'anthropic', status: 401, type: 'authentication_error', requestId: 'req_1' }],
    });
    expect((reply as Error).message).not.toContain('abcdefgh');
  });

  test('a body that goes on after the reply: does not hold up the reply', async () => {
    const { reply } = await ask((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(minimalReply({ type: 'text', text: 'whole' }, 'end_turn'));
    });
    expect(reply).toMatchObject({ stop: 'end', content: [{ type: 'text', text: 'whole' }] });
  });

  test('calls one after another: share connections, though a body ends after its reply', async () => {
    const wire = await startWire();
    wire.play((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(minimalReply({ type: 'text', text: 'x' }, 'end_turn'));
      setTimeout(() => response.end(), 20);
    });
    const provider = anthropicProvider({ apiKey: 'sk-test', baseURL: wire.url });
    for (let call = 0; call < 8; call++) {
      await provider.call(REQUEST, { signal: NEVER });
      await wire.seen.at(-1)?.cut;
    }
    await wire.close();
    expect(wire.seen).toHaveLength(8);
    // A second one may open while the first is being handed back.
    expect(wire.connections()).toBeLessThanOrEqual(2);
  });

  test('server tool blocks: are kept as they came', async () => {
    const use = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } };
    const { reply } = await ask((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(minimalReply({ ...use, input: {} }, 'pause_turn', '{"query":"x"}'));
    });
    expect(reply).toMatchObject({
      stop: 'pause',
      content: [{ type: 'opaque', provider: 'anthropic/m', block: use }],
    });
  });
});

/** A reply of one block as the smallest servers send it: no counts, no ends of blocks. */
function minimalReply(content_block: object, stop_reason: string, partial_json?: string): string {
  const delta = { type: 'input_json_delta', partial_json };
  return [
    serverSentEvent({ type: 'message_start', ...{ message: { model: 'm' } } }),
    serverSentEvent({ type: 'content_block_start', ...{ index: 0, content_block } }),
    partial_json === undefined
      ? ''
      : serverSentEvent({ type: 'content_block_delta', ...{ index: 0, delta } }),
    serverSentEvent({ type: 'message_delta', ...{ delta: { stop_reason } } }),
    serverSentEvent({ type: 'message_stop' }),
  ].join('');
}
