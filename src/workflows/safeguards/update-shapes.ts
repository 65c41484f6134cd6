import { failure } from '../../contract/fail';
import type { Allowance, PoolLimits, PoolMessage } from '../../contract/pool';
import type { HandOver, PersonMessage, SessionMessage } from '../../contract/run/session';
import { isCount, isOptionalText, isRecord, isText, isValue } from './signal-shapes';

/**
 * The shapes of what updates of the long-lived workflows bring. For validators: whatever gets past them into a handler
 * and cannot be used there would fail the whole session or pool.
 */
export function isSessionMessage(value: unknown): value is SessionMessage {
  return isRecord(value) && isText(value.id) && isValue(value.text);
}

export function isPersonMessage(value: unknown): value is PersonMessage {
  return isSessionMessage(value) && isText((value as { by?: unknown }).by);
}

export function isHandOver(value: unknown): value is HandOver {
  return isRecord(value) && isText(value.by) && isOptionalText(value.reason);
}

export function isPoolMessage(value: unknown): value is PoolMessage {
  if (!isRecord(value) || !isText(value.by)) return false;
  switch (value.kind) {
    case 'probe':
      return true;
    case 'trip':
      return isText(value.reason) && isCount(value.recoveryMs);
    case 'probed':
      return isText(value.verdict) && isOptionalText(value.reason) && isCount(value.recoveryMs);
    case 'hold':
      return isCount(value.forMs);
    case 'take':
      return (
        isPoolLimits(value.limits) &&
        isAllowance(value.least) &&
        isAllowance(value.want) &&
        Number.isFinite(value.backTokens)
      );
    default:
      return false;
  }
}

/** Throws InvalidInput, which refuses the update, where it does not have the shape. */
export function refuseUnless(isShaped: boolean, what: string): void {
  if (!isShaped) throw failure('InvalidInput', `This is not ${what}; send it with Baton's client.`);
}

function isAllowance(value: unknown): value is Allowance {
  return isRecord(value) && isCount(value.requests) && isCount(value.tokens);
}

function isPoolLimits(value: unknown): value is PoolLimits {
  if (!isRecord(value)) return false;
  const { requestsPerMinute = 0, tokensPerMinute = 0 } = value;
  return isCount(requestsPerMinute) && isCount(tokensPerMinute);
}
