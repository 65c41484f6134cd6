import { InvalidArgumentError } from 'commander';

/** Parsers for commander's options: each refuses in the words that commander prints beside the option's name. */

export function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('Write a whole number above 0.');
  return number;
}

/** For options that may be given several times. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
