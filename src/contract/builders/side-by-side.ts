import type { JsonPointer } from '../json';
import { type Built, build, type Options, type Part } from './built';

/** Steps by the name of their branch. */
export type Parts = Readonly<Record<string, Part>>;

/** Runs branches side by side on the same input. */
export function parallel(branches: Parts, options: Options<'parallel', 'branches'> = {}): Built {
  return build({ kind: 'parallel', branches, ...options });
}

/** Runs one step for every item of the array that the pointer finds in the input. */
export function map(over: JsonPointer, step: Part, options: Options<'map', 'over' | 'step'> = {}): Built {
  return build({ kind: 'map', over, step, ...options });
}

/** Runs branches side by side and takes the first good answer; the others are cancelled. */
export function race(branches: Parts, options: Options<'race', 'branches'> = {}): Built {
  return build({ kind: 'race', branches, ...options });
}

/** Asks several voters the same and counts their answers. */
export function vote(
  voters: Parts,
  options: Options<'vote', 'voters' | 'tieBreak'> & { readonly tieBreak?: Part | 'escalate' } = {},
): Built {
  return build({ kind: 'vote', voters, ...options });
}
