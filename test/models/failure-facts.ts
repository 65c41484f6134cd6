import { ASK, type Bench } from './conformance-bench';
import type { Scene } from './wire';

/** Long enough for a busy machine to send its request in. */
const STALL_MS = 500;

/** Errors, stalls and aborts. */
export function failureFacts(bench: Bench): void {
  const { vendor, fact, say, failureOf, play, provider, seen } = bench;

  const { words } = vendor;

  for (const { name, scene, failure, waitMs } of vendor.errors)
    fact(`error, ${name}: is ${failure}`, async () => {
      const failed = await failureOf(scene);
      expect(failed.type).toBe(failure);
      expect(failed.cause).toBeUndefined();
      const wait = failed.nextRetryDelay;
      if (waitMs === undefined) expect(wait).toBeUndefined();
      else {
        expect(wait).toBeGreaterThanOrEqual(waitMs);
        expect(wait).toBeLessThanOrEqual(waitMs * 1.2 + 1);
      }
    });

  for (const { type, failure } of vendor.streamErrors)
    fact(`error event in the stream, ${type}: is ${failure}`, async () => {
      expect((await failureOf(vendor.streamError(type))).type).toBe(failure);
    });

  fact('connection cut in the stream: is ModelConnectionLost', async () => {
    expect((await failureOf(vendor.partial('cut'))).type).toBe('ModelConnectionLost');
  });

  fact('stream that ends before the reply does: is ModelConnectionLost', async () => {
    expect((await failureOf(vendor.partial('end'))).type).toBe('ModelConnectionLost');
  });

  fact('bytes that make no sense: are ModelReplyMalformed', async () => {
    expect((await failureOf(vendor.partial('garbage'))).type).toBe('ModelReplyMalformed');
  });

  fact('connection refused by closing: is ModelConnectionLost', async () => {
    const failed = await failureOf((response) => response.destroy());
    expect(failed.type).toBe('ModelConnectionLost');
  });

  fact('silence before the reply: is ModelTimeout, and the socket is closed', async () => {
    const failed = await failureOf(() => undefined, { stallTimeoutMs: STALL_MS });
    expect(failed.type).toBe('ModelTimeout');
    expect(await seen()[0]?.cut).toBe(true);
  });

  fact('stall in the stream: is ModelTimeout, and the socket is closed', async () => {
    const failed = await failureOf(vendor.partial('hang'), { stallTimeoutMs: STALL_MS });
    expect(failed.type).toBe('ModelTimeout');
    expect(await seen()[0]?.cut).toBe(true);
  });

  const abortWhile = async (scene: Scene): Promise<void> => {
    const stop = new AbortController();
    const reason = new Error('the run was cancelled');
    const arrived = new Promise<void>((resolve) => {
      play((response) => {
        scene(response);
        resolve();
      });
    });
    const call = provider().call(ASK, { signal: stop.signal });
    const settled = call.catch((error: unknown) => error);
    await arrived;
    const from = performance.now();
    stop.abort(reason);
    expect(await settled).toBe(reason);
    expect(await seen()[0]?.cut).toBe(true);
    expect(performance.now() - from).toBeLessThan(1000);
  };

  fact('abort before the reply: throws the reason and closes the socket within a second', () =>
    abortWhile(() => undefined),
  );

  fact('abort in the stream: throws the reason and closes the socket within a second', () =>
    abortWhile(vendor.partial('hang')),
  );

  fact('a call that is aborted already: sends nothing', async () => {
    await say({ blocks: [{ text: 'x' }], stop: words.end });
    const reason = new Error('too late');
    await expect(provider().call(ASK, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
}
