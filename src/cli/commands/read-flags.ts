import { InvalidArgumentError } from 'commander';
import { PRIORITIES, type Priority } from '../../contract/run/priority';
import { isDuration, milliseconds } from '../../contract/team/duration';

/** Parsers for commander's options: each refuses in the words that commander prints beside the option's name. */

export function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('Write a whole number above 0.');
  return number;
}

export function priorityOf(text: string): Priority {
  const found = PRIORITIES.find((each) => String(each) === text);
  if (found === undefined) throw new InvalidArgumentError('Write a whole number from 1, first, to 5, last.');
  return found;
}

/** A moment in the past, in milliseconds since the epoch: a date, or a duration before now. */
export function timeSince(text: string): number {
  const at = isDuration(text) ? Date.now() - milliseconds(text) : Date.parse(text);
  if (Number.isNaN(at) || at > Date.now())
    throw new InvalidArgumentError('Write a duration such as 2h or 7d, or a date that is past.');
  return at;
}

/** For options that may be given several times. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
