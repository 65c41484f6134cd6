import { canonicalJson } from '../../contract/hash';
import type { Json } from '../../contract/json';

/** Answers are compared as text: text as it is, everything else as canonical JSON. */
export function answerText(value: Json): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}
