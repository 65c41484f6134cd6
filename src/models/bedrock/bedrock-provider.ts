import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { failure } from '../../contract/fail';
import { guardCall } from '../guard-call';
import type { ModelProvider } from '../provider';
import { withAnswer } from '../structured-answer';
import { fromBedrockError } from './from-bedrock-error';
import { fromBedrockReply } from './from-bedrock-reply';
import { readBedrockStream } from './read-bedrock-stream';
import { BEDROCK, toBedrockRequest } from './to-bedrock-request';

export interface BedrockOptions {
  /** @default what the AWS configuration of the machine says */
  readonly region?: string;
  /** @default the AWS SDK's own search: environment, profiles, roles */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For gateways and tests. @default Bedrock's in the region */
  readonly endpoint?: string;
  /** Marks what the vendor may cache; only some models take the marks. @default true */
  readonly caching?: boolean;
}

const CONNECTION_TIMEOUT_MS = 10_000;

/** More than the widest fan-out: the SDK's own 50 sockets would queue the rest without a word. */
const MAX_SOCKETS = 1024;

/** Amazon Bedrock through the Converse stream. */
export function bedrockProvider(options: BedrockOptions): ModelProvider {
  const client = new BedrockRuntimeClient({
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    // Temporal retries: a second retry inside would multiply with it.
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      // No limits on an answer under way: the stall timeout is the one that counts, and it hears every event.
      requestTimeout: 0,
      socketTimeout: 0,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    }),
  });
  return {
    name: BEDROCK,
    call: (request, context) => {
      let answered = false;
      return guardCall(request, context, {
        run: async ({ signal, heard }) => {
          await checkRegion(client);
          const command = new ConverseStreamCommand(toBedrockRequest(request, options.caching ?? true));
          command.middlewareStack.add(
            (next) => (args) => {
              const { headers } = args.request as { headers: Record<string, string> };
              headers['idempotency-key'] = encodeURI(request.callKey);
              return next(args);
            },
            { step: 'build' },
          );
          const { stream } = await client.send(command, { abortSignal: signal });
          heard();
          answered = true;
          if (stream === undefined)
            throw failure('ModelReplyMalformed', 'Bedrock answered without a stream.');
          return withAnswer(request, fromBedrockReply(await readBedrockStream(stream, heard), request.model));
        },
        toFailure: (error) =>
          fromBedrockError(error, answered ? 'ModelReplyMalformed' : 'ModelConnectionLost'),
      });
    },
  };
}

/** The SDK's own error for a missing region has neither name nor code, and would pass for a lost connection. */
async function checkRegion(client: BedrockRuntimeClient): Promise<void> {
  try {
    await client.config.region();
  } catch {
    throw failure(
      'NoModelConfigured',
      'Bedrock needs a region: set AWS_REGION for the worker, or the region of the model.',
    );
  }
}
