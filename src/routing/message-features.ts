import { type SparseVector, textFeatures } from './text-features';

/** How strongly the two halves weigh, and the constant by which a label may be likely whatever is said: chosen on clinc150's training part. */
const EMBEDDING_SCALE = 4;
const WORDS_SCALE = 4;
const BIAS = 0.3;

/** What is known of one message: its embedding, its words by their rarity, and the constant, one after the other. */
export function messageFeatures(text: string, embedding: Float32Array, rarity: Float32Array): SparseVector {
  const words = textFeatures(text, rarity);
  const length = embedding.length + words.places.length + 1;
  const places = new Int32Array(length);
  const values = new Float32Array(length);
  for (const [index, value] of embedding.entries()) {
    places[index] = index;
    values[index] = value * EMBEDDING_SCALE;
  }
  for (const [index, place] of words.places.entries()) {
    places[embedding.length + index] = embedding.length + place;
    values[embedding.length + index] = (words.values[index] as number) * WORDS_SCALE;
  }
  places[length - 1] = embedding.length + rarity.length;
  values[length - 1] = BIAS;
  return { places, values };
}
