import { failure } from '../../contract/fail';

/** The number that a flag was given. Throws InvalidInput for what is no whole number from 1 to `most`. */
export function wholeNumber(given: string, flag: string, most: number = Number.MAX_SAFE_INTEGER): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw failure('InvalidInput', `${flag} ${given} is no whole number from 1 to ${most}.`);
}
