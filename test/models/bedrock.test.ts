import { bedrockProvider } from '../../src/models/bedrock/bedrock-provider';
import { fromBedrockUsage } from '../../src/models/bedrock/from-bedrock-usage';
import type { ModelRequest, ModelResponse } from '../../src/models/provider';
import {
  type BedrockErrorShape,
  bedrockCorrupted,
  bedrockError,
  bedrockPartial,
  bedrockRedacted,
  bedrockReply,
  bedrockStreamError,
} from './bedrock-wire';
import { conformance } from './conformance';
import type { ErrorCase, Vendor } from './vendor';
import { type Scene, startWire, type Wire } from './wire';

function provider(url: string): ReturnType<typeof bedrockProvider> {
  return bedrockProvider({
    region: 'eu-central-1',
    endpoint: url,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  });
}

function error(
  name: string,
  shape: BedrockErrorShape,
  failure: ErrorCase['failure'],
  waitMs?: number,
): ErrorCase {
  return { name, scene: bedrockError(shape), failure, ...(waitMs === undefined ? {} : { waitMs }) };
}

const bedrock: Vendor = {
  name: 'Bedrock',
  provider,
  words: { end: 'end_turn', toolUse: 'tool_use', maxTokens: 'max_tokens' },
  stops: [
    { word: 'end_turn', stop: 'end' },
    { word: 'tool_use', stop: 'toolUse' },
    { word: 'max_tokens', stop: 'maxTokens' },
    { word: 'stop_sequence', stop: 'stopSequence' },
    { word: 'guardrail_intervened', stop: 'refusal', detail: 'guardrail_intervened' },
    { word: 'content_filtered', stop: 'refusal', detail: 'content_filtered' },
    { word: 'malformed_model_output', stop: 'malformed', detail: 'malformed_model_output' },
    { word: 'malformed_tool_use', stop: 'malformed', detail: 'malformed_tool_use' },
    { word: 'model_context_window_exceeded', stop: 'contextExceeded' },
    { word: 'a_word_of_next_year', stop: 'unknown', detail: 'a_word_of_next_year' },
  ],
  errors: [
    error('400', { status: 400, type: 'ValidationException' }, 'ModelBadRequest'),
    error('401 of a gateway', { status: 401 }, 'ModelAuthFailed'),
    error('402 of a gateway', { status: 402 }, 'ModelBillingFailed'),
    error('403', { status: 403, type: 'AccessDeniedException' }, 'ModelPermissionDenied'),
    error('403 for a wrong key', { status: 403, type: 'UnrecognizedClientException' }, 'ModelAuthFailed'),
    error('403 for an old token', { status: 403, type: 'ExpiredTokenException' }, 'ModelAuthFailed'),
    error('404', { status: 404, type: 'ResourceNotFoundException' }, 'ModelNotFound'),
    error('404 for a form not filled in', { status: 404, type: 'FTUFormNotFilled' }, 'ModelNotFound'),
    error('409', { status: 409, type: 'ConflictException' }, 'ModelServerError'),
    error('413 of a gateway', { status: 413 }, 'ModelRequestTooLarge'),
    error('422 of a gateway', { status: 422 }, 'ModelBadRequest'),
    error('a quota', { status: 400, type: 'ServiceQuotaExceededException' }, 'ModelQuotaExceeded'),
    error('429', { status: 429, type: 'ThrottlingException' }, 'ModelRateLimited'),
    error(
      '429 with a wait in seconds',
      { status: 429, type: 'ThrottlingException', headers: { 'retry-after': '7' } },
      'ModelRateLimited',
      7000,
    ),
    error('429 of a model that loads', { status: 429, type: 'ModelNotReadyException' }, 'ModelNotReady'),
    error('408', { status: 408, type: 'ModelTimeoutException' }, 'ModelTimeout'),
    error(
      "424 for the model's own 500",
      { status: 424, type: 'ModelErrorException', fields: { originalStatusCode: 500 } },
      'ModelServerError',
    ),
    error(
      "424 for the model's own 429",
      { status: 424, type: 'ModelErrorException', fields: { originalStatusCode: 429 } },
      'ModelRateLimited',
    ),
    error(
      "424 for the model's own 400",
      { status: 424, type: 'ModelErrorException', fields: { originalStatusCode: 400 } },
      'ModelBadRequest',
    ),
    error('424 in the stream', { status: 424, type: 'ModelStreamErrorException' }, 'ModelServerError'),
    error('500', { status: 500, type: 'InternalServerException' }, 'ModelServerError'),
    error('503', { status: 503, type: 'ServiceUnavailableException' }, 'ModelOverloaded'),
    error('504 of a gateway', { status: 504 }, 'ModelTimeout'),
    error('529 of a gateway', { status: 529 }, 'ModelOverloaded'),
    error('an unknown type with 418', { status: 418, type: 'TeapotException' }, 'ModelBadRequest'),
    error('an unknown type with 599', { status: 599, type: 'TeapotException' }, 'ModelServerError'),
  ],
  streamErrors: [
    { type: 'internalServerException', failure: 'ModelServerError' },
    { type: 'modelStreamErrorException', failure: 'ModelServerError' },
    { type: 'serviceUnavailableException', failure: 'ModelOverloaded' },
    { type: 'throttlingException', failure: 'ModelRateLimited' },
    { type: 'validationException', failure: 'ModelBadRequest' },
    { type: 'nextYearsException', failure: 'ModelServerError' },
  ],
  reply: bedrockReply,
  partial: bedrockPartial,
  streamError: bedrockStreamError,
  readBody: ({ system, toolConfig, outputConfig, messages }: Body) => {
    const tools = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => toolSpec ?? []);
    return {
      system: (system ?? []).map(({ text = '' }) => text).join(''),
      toolNames: tools.map(({ name }) => name),
      forcedTool: toolConfig?.toolChoice?.tool.name,
      forbidsTools: tools.every(({ description }) => /do not call/.test(description ?? '')),
      nativeSchema:
        outputConfig === undefined
          ? undefined
          : JSON.parse(outputConfig.textFormat.structure.jsonSchema.schema),
      roles: messages.map(({ role }) => role),
      cacheMarks:
        JSON.stringify([system, toolConfig, messages]).split('{"cachePoint":{"type":"default"}}').length - 1,
      content: (index) => (messages[index]?.content ?? []).filter((block) => !('cachePoint' in block)),
    };
  },
  wireBlock: {
    text: (text) => ({ text }),
    toolCall: (toolUseId, name, input) => ({ toolUse: { toolUseId, name, input } }),
    toolResult: (toolUseId, text, isError) => ({
      toolResult: { toolUseId, content: [{ text }], ...(isError ? { status: 'error' } : {}) },
    }),
    thinking: (text, signature) => ({ reasoningContent: { reasoningText: { text, signature } } }),
  },
};

interface Body {
  readonly system?: readonly { readonly text?: string }[];
  readonly toolConfig?: {
    readonly tools: readonly {
      readonly toolSpec?: { readonly name: string; readonly description?: string };
    }[];
    readonly toolChoice?: { readonly tool: { readonly name: string } };
  };
  readonly outputConfig?: {
    readonly textFormat: { readonly structure: { readonly jsonSchema: { readonly schema: string } } };
  };
  readonly messages: readonly { readonly role: string; readonly content: readonly object[] }[];
}

describe('Bedrock', () => {
  conformance(bedrock);
});

describe('Bedrock only', () => {
  let wire: Wire;
  beforeEach(async () => {
    wire = await startWire();
  });
  afterEach(() => wire.close());

  const ask = (scene: Scene, changes: Partial<ModelRequest> = {}): Promise<ModelResponse> => {
    wire.play(scene);
    return provider(wire.url).call(
      {
        model: 'eu.anthropic.model-1:0',
        system: '',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
        tools: [],
        maxOutputTokens: 8,
        stallTimeoutMs: 5000,
        callKey: 'k',
        agent: 'a',
        ...changes,
      },
      { signal: new AbortController().signal },
    );
  };

  test('request: goes to the stream of its model', async () => {
    await ask(bedrockReply({ blocks: [{ text: 'x' }], stop: 'end_turn' }));
    expect(decodeURIComponent(wire.seen[0]?.path ?? '')).toBe(
      '/model/eu.anthropic.model-1:0/converse-stream',
    );
  });

  test('usage counted with the cache inside: is not counted twice', async () => {
    const counts = { inputTokens: 100, outputTokens: 5, totalTokens: 105, cacheReadInputTokens: 80 };
    const reply = await ask(bedrockReply({ blocks: [], stop: 'end_turn' }, counts));
    expect(reply.usage).toEqual({
      inputTokens: 100,
      outputTokens: 5,
      cacheReadTokens: 80,
      cacheWriteTokens: 0,
    });
  });

  test('usage: a cache larger than the input cannot lie inside it, whatever the total says', () => {
    const counts = { inputTokens: 10, outputTokens: 5, totalTokens: 15, cacheReadInputTokens: 80 };
    expect(fromBedrockUsage(counts).inputTokens).toBe(90);
  });

  test('encrypted reasoning: survives the transcript and returns as the same bytes', async () => {
    const reply = await ask(bedrockRedacted(['\u0001secr', 'et\u0002']));
    wire.seen.length = 0;
    const stored = JSON.parse(JSON.stringify(reply.content)) as ModelResponse['content'];
    await ask(bedrockReply({ blocks: [], stop: 'end_turn' }), {
      messages: [{ role: 'assistant', content: stored }],
    });
    expect(wire.seen[0]?.body.messages[0].content).toEqual([
      { reasoningContent: { redactedContent: Buffer.from('\u0001secret\u0002').toString('base64') } },
    ]);
  });

  test('a frame with a wrong checksum: is ModelReplyMalformed', async () => {
    await expect(ask(bedrockCorrupted())).rejects.toMatchObject({ type: 'ModelReplyMalformed' });
  });

  test('an error: names exception, status and request', async () => {
    await expect(ask(bedrockError({ status: 429, type: 'ThrottlingException' }))).rejects.toMatchObject({
      message: 'Bedrock: ThrottlingException (429): what ThrottlingException says',
      details: [{ provider: 'bedrock', status: 429, type: 'ThrottlingException', requestId: 'req-1' }],
    });
  });
});
