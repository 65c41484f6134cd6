import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Embedder } from './embedder';
import type { EmbeddingAnswer, EmbeddingRequest } from './embedding-thread';
import { englishEmbedder } from './english-embedder';

interface Waiting {
  readonly resolve: (vectors: readonly Float32Array[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The English embedder in a thread of its own, started at the first use. A batch is a tenth of a second of pure
 * computing, more on a busy machine: in the worker's own thread no heartbeat and no workflow task would go out
 * meanwhile. The thread keeps no process alive; where it dies, what waits fails and the next use starts another.
 */
export function threadedEmbedder(): Embedder {
  const english = englishEmbedder();
  // A thread loads compiled code only.
  if (__filename.endsWith('.ts')) return english;
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let asked = 0;

  const start = (): Worker => {
    const started = new Worker(join(__dirname, 'embedding-thread.js'));
    const lose = (reason: string): void => {
      if (thread === started) thread = undefined;
      for (const { reject } of waiting.values()) reject(new Error(`The embedding thread ended: ${reason}`));
      waiting.clear();
    };
    started.on('error', (error) => lose(error instanceof Error ? error.message : String(error)));
    started.on('exit', (code) => lose(`exit code ${code}`));
    started.on('message', (answer: EmbeddingAnswer) => {
      const asker = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (waiting.size === 0) started.unref();
      if ('vectors' in answer) asker?.resolve(answer.vectors);
      else asker?.reject(new Error(answer.problem));
    });
    return started;
  };

  return {
    ...english,
    embed(texts) {
      thread ??= start();
      const current = thread;
      return new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        // While somebody waits it does keep the process alive.
        current.ref();
        const request: EmbeddingRequest = { id: asked, texts };
        current.postMessage(request);
      });
    },
  };
}
