import { types } from 'node:util';
import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../contract/fail';
import type { FailureType } from '../../contract/failure-types';
import { MAX_RETRY_AFTER_MS } from '../../contract/limits';
import { retryAfterMs, spreadWait } from '../retry-after';
import { tellVendorMessage } from '../vendor-message';

/** By the name of the exception, which is the same on the wire, in the stream and in the SDK. */
const BY_NAME: Readonly<Record<string, FailureType>> = {
  ValidationException: 'ModelBadRequest',
  AccessDeniedException: 'ModelPermissionDenied',
  UnrecognizedClientException: 'ModelAuthFailed',
  InvalidSignatureException: 'ModelAuthFailed',
  ExpiredTokenException: 'ModelAuthFailed',
  CredentialsProviderError: 'ModelAuthFailed',
  TokenProviderError: 'ModelAuthFailed',
  ResourceNotFoundException: 'ModelNotFound',
  ConflictException: 'ModelServerError',
  ServiceQuotaExceededException: 'ModelQuotaExceeded',
  ThrottlingException: 'ModelRateLimited',
  ModelTimeoutException: 'ModelTimeout',
  ModelNotReadyException: 'ModelNotReady',
  ModelStreamErrorException: 'ModelServerError',
  InternalServerException: 'ModelServerError',
  ServiceUnavailableException: 'ModelOverloaded',
  SyntaxError: 'ModelReplyMalformed',
};

/** The network's own codes; the AWS SDK calls every one of them a TimeoutError. */
const NETWORK_TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/** For gateways in front of Bedrock, and for exceptions that are newer than this table. */
const BY_STATUS: Readonly<Record<number, FailureType>> = {
  401: 'ModelAuthFailed',
  402: 'ModelBillingFailed',
  403: 'ModelPermissionDenied',
  404: 'ModelNotFound',
  408: 'ModelTimeout',
  413: 'ModelRequestTooLarge',
  429: 'ModelRateLimited',
  503: 'ModelOverloaded',
  504: 'ModelTimeout',
  529: 'ModelOverloaded',
};

/** The fields that the AWS SDK puts on its errors, as far as they are read here. */
interface AwsError extends Error {
  readonly code?: string;
  readonly originalStatusCode?: number;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * What an error of the AWS SDK, or of the network beneath it, means for the call. `unnamed` is the meaning of errors
 * that say nothing about themselves: before an answer a lost connection, in its middle bytes that make no sense.
 */
export function fromBedrockError(
  thrown: unknown,
  unnamed: 'ModelConnectionLost' | 'ModelReplyMalformed',
): ApplicationFailure {
  // Not instanceof: the network's errors may come from another realm.
  const error: AwsError = types.isNativeError(thrown) ? thrown : new Error(String(thrown));
  const status = error.$metadata?.httpStatusCode;
  const asked = retryAfterMs({ get: (name) => error.$response?.headers?.[name] ?? null });
  return failure(
    failureTypeOf(error, status) ?? unnamed,
    `Bedrock: ${error.name}${status === undefined ? '' : ` (${status})`}: ${tellVendorMessage(error.message)}`,
    {
      details: [
        {
          provider: 'bedrock',
          status: status ?? null,
          type: error.name,
          code: error.code ?? null,
          requestId: error.$metadata?.requestId ?? null,
        },
      ],
      ...(asked === undefined ? {} : { retryAfterMs: Math.min(spreadWait(asked), MAX_RETRY_AFTER_MS) }),
    },
  );
}

function failureTypeOf(error: AwsError, status: number | undefined): FailureType | undefined {
  if (error.name === 'ModelErrorException') return fromModelStatus(error.originalStatusCode);
  const known = BY_NAME[error.name];
  if (known !== undefined) return known;
  if (status !== undefined && status >= 400)
    return BY_STATUS[status] ?? (status < 500 ? 'ModelBadRequest' : 'ModelServerError');
  if (error.code !== undefined)
    return NETWORK_TIMEOUTS.has(error.code) ? 'ModelTimeout' : 'ModelConnectionLost';
  if (error.name === 'TimeoutError') return 'ModelTimeout';
  // An exception of the stream that is new to us has a name and no status.
  return error.name.endsWith('Exception') ? 'ModelServerError' : undefined;
}

/** The model behind Bedrock failed: its own status decides. */
function fromModelStatus(status: number | undefined): FailureType {
  if (status === 429) return 'ModelRateLimited';
  return status !== undefined && status >= 400 && status < 500 ? 'ModelBadRequest' : 'ModelServerError';
}
