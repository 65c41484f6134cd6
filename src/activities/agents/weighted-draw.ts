import { hashOf } from '../../contract/hash';

/** Between 0 and 1, the same for the same things, and even over many of them. */
export function drawn(...things: readonly string[]): number {
  return (Number.parseInt(hashOf(things).slice(0, 12), 16) + 0.5) / 2 ** 48;
}

/**
 * The candidate with the largest score is chosen: each with a probability of its share of the weights, and one that is
 * added or taken away changes no choice but its own (rendezvous hashing with weights).
 */
export function weightedScore(weight: number, ...things: readonly string[]): number {
  return -weight / Math.log(drawn(...things));
}
