import { parentPort } from 'node:worker_threads';
import { englishEmbedder } from './english-embedder';

/** What the thread is asked, and its answer under the same number. */
export interface EmbeddingRequest {
  readonly id: number;
  readonly texts: readonly string[];
}

export type EmbeddingAnswer =
  | { readonly id: number; readonly vectors: readonly Float32Array[] }
  | { readonly id: number; readonly problem: string };

const embedder = englishEmbedder();

async function answerTo({ id, texts }: EmbeddingRequest): Promise<EmbeddingAnswer> {
  try {
    return { id, vectors: await embedder.embed(texts) };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (request: EmbeddingRequest) => {
  void answerTo(request).then((answer) => parentPort?.postMessage(answer));
});
