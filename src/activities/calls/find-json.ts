import type { Json } from '../../contract/json';

/**
 * The JSON value in a model's text: the whole of it, else a code fence's, else what stands between the first opening
 * and the last closing bracket. Models put words around an answer however they are told not to.
 */
export function findJson(text: string): Json | undefined {
  for (const candidate of candidates(text.trim())) {
    const value = parse(candidate);
    if (value !== undefined) return value;
  }
  return undefined;
}

function* candidates(text: string): Generator<string> {
  yield text;
  for (const fence of text.matchAll(/```(?:json)?[^\S\n]*\n([\s\S]*?)\n?```/g)) yield fence[1] ?? '';
  for (const [open, close] of [
    ['{', '}'],
    ['[', ']'],
  ] as const) {
    const start = text.indexOf(open);
    const end = text.lastIndexOf(close);
    if (start !== -1 && end > start) yield text.slice(start, end + 1);
  }
}

function parse(text: string): Json | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
