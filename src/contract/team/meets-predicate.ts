import { canonicalJson } from '../hash';
import { atPointer, type Json } from '../json';
import type { Predicate } from './predicate';

/** Text that a pattern is tried on: a longer one could keep the worker busy for as long as its author likes. */
const MAX_MATCHED_CHARS = 10_000;

/** Whether a value is what the predicate asks for. A place that is not there meets only `exists: false` and `not`. */
export function meetsPredicate(predicate: Predicate, value: Json): boolean {
  if ('all' in predicate) return predicate.all.every((part) => meetsPredicate(part, value));
  if ('any' in predicate) return predicate.any.some((part) => meetsPredicate(part, value));
  if ('not' in predicate) return !meetsPredicate(predicate.not, value);
  const found = atPointer(value, predicate.at);
  if ('exists' in predicate) return (found !== undefined) === predicate.exists;
  if (found === undefined) return false;
  if ('equals' in predicate) return canonicalJson(found) === canonicalJson(predicate.equals);
  if ('atLeast' in predicate) return typeof found === 'number' && found >= predicate.atLeast;
  if ('atMost' in predicate) return typeof found === 'number' && found <= predicate.atMost;
  return (
    typeof found === 'string' && new RegExp(predicate.matches, 'u').test(found.slice(0, MAX_MATCHED_CHARS))
  );
}
