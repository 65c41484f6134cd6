import type { Embedder } from './embedder';

/** Texts of one batch: some 100 ms of the process, in which nothing else happens there. */
const BATCH = 16;

interface Waiting {
  readonly text: string;
  readonly resolve: (vector: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * An embedder that gathers what is asked for while it works: many messages at one time cost each a third of what one
 * alone costs, and between two batches the process has its turn.
 */
export function batched(embedder: Embedder): Embedder {
  const queue: Waiting[] = [];
  let working = false;

  const work = async (): Promise<void> => {
    working = true;
    try {
      while (queue.length > 0) {
        await letOthersRun();
        await embedBatch(embedder, queue.splice(0, BATCH));
      }
    } finally {
      working = false;
    }
  };

  return {
    ...embedder,
    embed(texts) {
      const vectors = texts.map(
        (text) =>
          new Promise<Float32Array>((resolve, reject) => {
            queue.push({ text, resolve, reject });
          }),
      );
      if (!working) void work();
      return Promise.all(vectors);
    },
  };
}

/** Never rejects: each text's own promise does. */
async function embedBatch(embedder: Embedder, batch: readonly Waiting[]): Promise<void> {
  try {
    const vectors = await embedder.embed(batch.map(({ text }) => text));
    for (const [index, { resolve, reject }] of batch.entries()) {
      const vector = vectors[index];
      if (vector === undefined) reject(new Error(`${embedder.name} gave no vector for a text`));
      else resolve(vector);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
