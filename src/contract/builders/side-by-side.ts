import type { JsonPointer } from '../json';
import { type Built, build, type Options, type Part } from './built';

/** Steps by the name of their branch. */
export type Parts = Readonly<Record<string, Part>>;

/** Runs branches side by side on the same input. */
export function parallel(branches: Parts, options: Options<'parallel', 'branches'> = {}): Built {
  return build({ kind: 'parallel', branches, ...options });
}

/**
 * Runs one step for every item of the list that the pointer finds in the input; the outputs stand in input order. At
 * most 1,000 items and 200 at one time unless said otherwise; see `MapStep` for windows and calls that share an activity.
 */
export function map(over: JsonPointer, step: Part, options: Options<'map', 'over' | 'step'> = {}): Built {
  return build({ kind: 'map', over, step, ...options });
}

/**
 * Runs branches side by side and takes the first good answer, unchanged; the others are cancelled. Good is what meets
 * `accept` and what the judge accepts, who is given `{ question, answer }` and answers `{ acceptable, reason }`.
 */
export function race(branches: Parts, options: Options<'race', 'branches'> = {}): Built {
  return build({ kind: 'race', branches, ...options });
}

/**
 * Asks several voters the same and counts their answers. A voter's answer is its vote; of `{ vote, … }` the `vote` is,
 * and `null` or "abstain" abstains. Texts are compared without case, spacing and the punctuation around them, or as the
 * judge groups them; everything else by value. The tie-break is given `{ question, answers: [{ number, answer, votes }] }`
 * and answers `{ choice, reason }` or with an answer. The output is `{ winner, decidedBy: rule, step or person,
 * tally: [{ answer, votes, voters }], abstained, failed }`.
 */
export function vote(
  voters: Parts,
  options: Options<'vote', 'voters' | 'tieBreak'> & { readonly tieBreak?: Part | 'escalate' } = {},
): Built {
  return build({ kind: 'vote', voters, ...options });
}
