import { types } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../contract/fail';
import type { FailureType } from '../../contract/failure-types';
import { MAX_RETRY_AFTER_MS } from '../../contract/limits';
import { retryAfterMs, spreadWait } from '../retry-after';
import { unsentFacts } from '../unsent';
import { tellVendorMessage } from '../vendor-message';

/** By the vendor's type first: errors in the middle of a stream have no status. */
const BY_TYPE: Readonly<Record<string, FailureType>> = {
  invalid_request_error: 'ModelBadRequest',
  authentication_error: 'ModelAuthFailed',
  billing_error: 'ModelBillingFailed',
  permission_error: 'ModelPermissionDenied',
  not_found_error: 'ModelNotFound',
  conflict_error: 'ModelServerError',
  request_too_large: 'ModelRequestTooLarge',
  rate_limit_error: 'ModelRateLimited',
  api_error: 'ModelServerError',
  timeout_error: 'ModelTimeout',
  overloaded_error: 'ModelOverloaded',
  // llama.cpp's server, while it loads a model and for a prompt that does not fit.
  unavailable_error: 'ModelNotReady',
  exceed_context_size_error: 'ContextWindowExceeded',
};

/** For servers without the vendor's envelope, and for types that are newer than this table. */
const BY_STATUS: Readonly<Record<number, FailureType>> = {
  401: 'ModelAuthFailed',
  402: 'ModelBillingFailed',
  403: 'ModelPermissionDenied',
  404: 'ModelNotFound',
  408: 'ModelTimeout',
  409: 'ModelServerError',
  413: 'ModelRequestTooLarge',
  429: 'ModelRateLimited',
  503: 'ModelOverloaded',
  504: 'ModelTimeout',
  529: 'ModelOverloaded',
};

/** Limits of money under whatever status they come: waiting for a `retry-after` would wait for next month. */
const SPEND_LIMITS: ReadonlySet<string> = new Set([
  'enforced_spend_limit_reached',
  'contract_spend_limit_reached',
  'linked_organization_spend_limit_reached',
]);

/** What an error of the official SDK, or of the network beneath it, means for the call to `host`. */
export function fromAnthropicError(error: unknown, host: string): ApplicationFailure {
  if (error instanceof Anthropic.APIConnectionTimeoutError)
    return failure('ModelTimeout', `${host} did not answer in time.`);
  if (error instanceof Anthropic.APIConnectionError)
    return failure(
      'ModelConnectionLost',
      `${host} cannot be reached${causeOf(error)}.`,
      unsentFacts(codeOf(error)),
    );
  if (error instanceof Anthropic.APIError) return fromApiError(error, host);
  if (error instanceof Anthropic.AnthropicError)
    return failure(
      'ModelBadRequest',
      `Anthropic's SDK refuses the request: ${tellVendorMessage(error.message)}`,
    );
  return failure('ModelConnectionLost', `The connection to ${host} broke${causeOf(error)}.`);
}

type ApiError = InstanceType<typeof Anthropic.APIError>;

function fromApiError(error: ApiError, host: string): ApplicationFailure {
  const asked = retryAfterMs(error.headers);
  const type = failureTypeOf(error, asked);
  const status = error.status === undefined ? 'in the stream' : String(error.status);
  return failure(
    type,
    `${host} answered ${status} ${error.type ?? ''}: ${tellVendorMessage(error.apiMessage ?? error.message)}`,
    {
      details: [
        {
          provider: 'anthropic',
          status: error.status ?? null,
          type: error.type,
          code: error.errorCode,
          requestId: error.requestID ?? null,
        },
      ],
      ...(asked === undefined ? {} : { retryAfterMs: Math.min(spreadWait(asked), MAX_RETRY_AFTER_MS) }),
    },
  );
}

function failureTypeOf(error: ApiError, asked: number | undefined): FailureType {
  if (error.errorCode !== null && SPEND_LIMITS.has(error.errorCode)) return 'ModelSpendLimitReached';
  const type = BY_TYPE[error.type ?? ''] ?? BY_STATUS[error.status ?? 0] ?? byStatusClass(error.status);
  const told = error.headers?.get('x-should-retry');
  if (type === 'ModelRateLimited') {
    if (asked !== undefined && asked > MAX_RETRY_AFTER_MS) return 'ModelSpendLimitReached';
    return told === 'false' ? 'ModelQuotaExceeded' : type;
  }
  if (told === 'true' && type === 'ModelBadRequest') return 'ModelServerError';
  return type;
}

/** An unknown error is tried again unless the vendor calls it the caller's fault. */
function byStatusClass(status: number | undefined): FailureType {
  return status !== undefined && status >= 400 && status < 500 ? 'ModelBadRequest' : 'ModelServerError';
}

/** The network's code (ECONNREFUSED, UND_ERR_SOCKET) lies some causes deep; its messages may hold addresses only. */
function causeOf(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? '' : ` (${code})`;
}

function codeOf(error: unknown): string | undefined {
  let here: unknown = error;
  for (let depth = 0; depth < 5 && types.isNativeError(here); depth++) {
    const { code } = here as { code?: unknown };
    if (typeof code === 'string') return code;
    here = here.cause;
  }
  return undefined;
}
