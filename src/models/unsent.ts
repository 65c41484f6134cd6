import type { FailureFacts } from '../contract/fail';

/** Errors of a network that came before a request could be sent: no such host, nobody listens, no way there. */
const UNSENT: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Says of a lost connection that the provider has not been told anything, and so charges nothing. */
export function unsentFacts(code: string | undefined): FailureFacts {
  return UNSENT.has(code) ? { details: [{ unsent: true }] } : {};
}
