import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../bench/seeded-random';

/** One effect, as the service that caused it has it. */
export interface Effect {
  readonly run: string;
  readonly path: string;
  /** `file` or `unfile`. */
  readonly tool: string;
  /** The service causes an effect once a key. */
  readonly key: string;
  /** Key of the effect that it takes back. */
  readonly undoes?: string;
}

export interface EffectService {
  readonly url: string;
  /** In the order in which they came about. */
  effects(): readonly Effect[];
  close(): Promise<void>;
}

/** Of the requests that are carried out, but whose answer is lost. */
const LOST_SHARE = 0.1;

/** A service with effects, such as a bank: it dedupes on the key that it is told, and now and then its answer is lost. */
export async function startEffectService(seed: number): Promise<EffectService> {
  const effects = new Map<string, Effect>();
  const random = seededRandom(seed);
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const effect = JSON.parse(body) as Effect;
    const isNew = !effects.has(effect.key);
    if (isNew) effects.set(effect.key, effect);
    if (isNew && random() < LOST_SHARE) return void request.socket.destroy();
    response.end(JSON.stringify({ id: effect.key.slice(0, 12) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects: () => [...effects.values()],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
