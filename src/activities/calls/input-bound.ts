import type { ModelRequest } from '../../models/provider';

/** Beside what is said: roles, separators and a vendor's own words about tools, a message and a request. */
const PER_MESSAGE = 32;
const PER_REQUEST = 1024;

/**
 * More input tokens than the request can have: no tokenizer makes more tokens than there are bytes. A few times too many
 * for plain text; where that decides, the vendor counts.
 */
export function inputBound({ system, messages, tools, output }: ModelRequest): number {
  const said = JSON.stringify([system, messages, tools, output?.schema ?? null]);
  return Buffer.byteLength(said) + messages.length * PER_MESSAGE + PER_REQUEST;
}
