import type { SparseVector } from './text-features';

/** A trained multinomial logistic classifier: label by label, how much each feature speaks for it. */
export interface RoutingHead {
  readonly labels: readonly string[];
  /** Length of the embeddings that it was trained on. */
  readonly dimensions: number;
  readonly rarity: Float32Array;
  /** Feature by feature, as `messageFeatures` has them, one number a label. */
  readonly weights: Float32Array;
}

/** Probabilities of the labels, in their order; they add up to 1. Written into `into`, which has room for each label. */
export function probabilities(
  { weights }: Pick<RoutingHead, 'weights'>,
  { places, values }: SparseVector,
  into: Float64Array,
): Float64Array {
  const width = into.length;
  into.fill(0);
  // This loop is nearly all of what training takes: plain indices, nothing made.
  for (let feature = 0; feature < places.length; feature += 1) {
    const row = (places[feature] as number) * width;
    const value = values[feature] as number;
    for (let label = 0; label < width; label += 1)
      into[label] = (into[label] as number) + value * (weights[row + label] as number);
  }
  return softmax(into);
}

function softmax(scores: Float64Array): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (let label = 0; label < scores.length; label += 1) highest = Math.max(highest, scores[label] as number);
  let sum = 0;
  for (let label = 0; label < scores.length; label += 1) {
    const weight = Math.exp((scores[label] as number) - highest);
    scores[label] = weight;
    sum += weight;
  }
  for (let label = 0; label < scores.length; label += 1) scores[label] = (scores[label] as number) / sum;
  return scores;
}
