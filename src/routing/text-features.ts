/** Places that the words of a text are spread over by their hash. */
export const BUCKETS = 4096;

/** Some places of a long vector and what stands there; everywhere else is 0. */
export interface SparseVector {
  readonly places: Int32Array;
  readonly values: Float32Array;
}

/** Longest text whose words are looked at, in characters. */
const MAX_CHARS = 2000;

/** Pieces of words, four letters long: they tell "cancelling" from nothing new where "cancel" is known, and forgive typing errors. */
const PIECE = 4;

/**
 * The words, pairs of words and pieces of words of a text, each once, as hashes. What an embedding blurs (a rare name,
 * "not", a product's number) stands here as it is.
 */
export function gramsOf(text: string): ReadonlySet<number> {
  const words =
    text
      .slice(0, MAX_CHARS)
      .toLowerCase()
      .match(/[\p{L}\p{N}']+/gu) ?? [];
  const grams = new Set<number>();
  for (const [index, word] of words.entries()) {
    grams.add(hash32(`w ${word}`));
    if (index > 0) grams.add(hash32(`p ${words[index - 1]} ${word}`));
    const fenced = `^${word}$`;
    for (let start = 0; start + PIECE <= fenced.length; start += 1)
      grams.add(hash32(`c ${fenced.slice(start, start + PIECE)}`));
  }
  return grams;
}

/** How much each bucket tells: little where many of the texts fill it, most where none does. */
export function rarities(texts: readonly string[]): Float32Array {
  const counts = new Float32Array(BUCKETS);
  for (const text of texts)
    for (const bucket of new Set([...gramsOf(text)].map(bucketOf)))
      counts[bucket] = (counts[bucket] ?? 0) + 1;
  return counts.map((count) => Math.log((1 + texts.length) / (1 + count)));
}

/** A text's grams, weighed by their rarity, as a vector of length 1; without any, of length 0. */
export function textFeatures(text: string, rarity: Float32Array): SparseVector {
  const sums = new Map<number, number>();
  for (const gram of gramsOf(text)) {
    const bucket = bucketOf(gram);
    // Two grams that share a bucket cancel out as often as they add up, so that chance favours neither.
    const sign = gram >>> 31 === 1 ? 1 : -1;
    sums.set(bucket, (sums.get(bucket) ?? 0) + sign * (rarity[bucket] ?? 0));
  }
  const length = Math.sqrt([...sums.values()].reduce((sum, value) => sum + value * value, 0)) || 1;
  return {
    places: Int32Array.from(sums.keys()),
    values: Float32Array.from(sums.values(), (value) => value / length),
  };
}

function bucketOf(gram: number): number {
  return gram % BUCKETS;
}

/** FNV-1a with a mixing of the bits at the end, since both the low and the highest ones are used. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
