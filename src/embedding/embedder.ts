/** Turns text into vectors that lie close where the meaning does. */
export interface Embedder {
  /** Names the model and its version: what was learnt from one embedder's vectors means nothing to another. */
  readonly name: string;
  /** Length of every vector. */
  readonly dimensions: number;
  /** What comes after so many characters of a text is not read. @default all of it is */
  readonly maxChars?: number;
  /** One vector a text, in order. The same text gives the same vector, but for rounding. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}
