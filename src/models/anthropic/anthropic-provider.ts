import Anthropic from '@anthropic-ai/sdk';
import { guardCall } from '../guard-call';
import type { ModelProvider } from '../provider';
import { blockOwner } from '../settle-messages';
import { withAnswer } from '../structured-answer';
import { fromAnthropicError } from './from-anthropic-error';
import { fromAnthropicReply } from './from-anthropic-reply';
import { readAnthropicStream } from './read-anthropic-stream';
import { ANTHROPIC, toAnthropicCount, toAnthropicRequest } from './to-anthropic-request';

export interface AnthropicOptions {
  readonly apiKey?: string;
  /** A bearer token instead of a key. */
  readonly authToken?: string;
  /** @default Anthropic's own API */
  readonly baseURL?: string;
  /** Marks what the vendor may cache. Servers that only look like Anthropic's may refuse the marks. @default true */
  readonly caching?: boolean;
}

const ANTHROPIC_API = 'https://api.anthropic.com';

/** The stall timeout decides when a call is given up; the SDK's own limit only has to lie beyond every other. */
const SDK_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** A count that takes longer is done without. */
const COUNT_TIMEOUT_MS = 10_000;

/** The vendor calls its count an estimate (https://platform.claude.com/docs/en/build-with-claude/token-counting). */
const COUNT_MARGIN = 1.02;

/**
 * The last version of the API that takes a temperature: 2026-10-21, the SDK's own, refuses one
 * (https://platform.claude.com/docs/en/api/versioning). Models that know none refuse it under either.
 */
const TEMPERATURE_VERSION = '2023-06-01';

/** Anthropic's Messages API, or a server that speaks it. Streams always, so that a stall is told from a long reply. */
export function anthropicProvider(options: AnthropicOptions): ModelProvider {
  const { baseURL = ANTHROPIC_API } = options;
  const { host } = new URL(baseURL);
  const client = new Anthropic({
    apiKey: options.apiKey ?? null,
    authToken: options.authToken ?? null,
    baseURL,
    // Temporal retries: a second retry inside would multiply with it.
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    // The SDK's own log lines hold pieces of requests.
    logLevel: 'off',
  });
  return {
    name: ANTHROPIC,
    call: (request, context) =>
      guardCall(request, context, {
        run: async ({ signal, heard }) => {
          const response = await client.messages
            .create(toAnthropicRequest(request, options.caching ?? true), {
              signal,
              headers: {
                'idempotency-key': encodeURI(request.callKey),
                ...(request.temperature === undefined ? {} : { 'anthropic-version': TEMPERATURE_VERSION }),
              },
            })
            .asResponse();
          heard();
          const reply = await readAnthropicStream(response, heard);
          return withAnswer(request, fromAnthropicReply(reply, blockOwner(ANTHROPIC, request.model)));
        },
        toFailure: (error) => fromAnthropicError(error, host),
      }),
    async countInput(request, { signal }) {
      try {
        const { input_tokens } = await client.messages.countTokens(toAnthropicCount(request), {
          signal,
          timeout: COUNT_TIMEOUT_MS,
        });
        return Math.ceil(input_tokens * COUNT_MARGIN);
      } catch {
        // Servers that only look like Anthropic's may not count; then the bound by bytes decides.
        signal.throwIfAborted();
        return undefined;
      }
    },
  };
}
