import { once } from 'node:events';
import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A way to a Temporal server on which requests can be held up. */
export interface HoldingProxy {
  readonly address: string;
  /** Requests of this method wait until `letGo`; `reached` settles with the first. */
  hold(method: string): { readonly reached: Promise<void>; letGo(): void };
  close(): Promise<void>;
}

export async function openHoldingProxy(target: string): Promise<HoldingProxy> {
  const held = new Map<string, () => Promise<void>>();
  const upstream = connect(`http://${target}`);
  const server = createServer();
  server.on('stream', (stream, headers) => {
    void pass(stream, headers);
  });

  async function pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    await held.get(String(headers[':path']).split('/').at(-1) ?? '')?.();
    if (stream.destroyed) return;
    const request = upstream.request(headers);
    request.on('response', (answer, flags) => {
      const endStream = (flags & 1) === 1;
      stream.respond(answer, endStream ? { endStream } : { waitForTrailers: true });
      if (!endStream) request.pipe(stream);
    });
    let trailers: IncomingHttpHeaders = {};
    request.on('trailers', (last) => {
      trailers = last;
    });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.on('close', () => request.close());
    stream.on('error', () => request.close());
    request.on('error', () => stream.close());
    stream.pipe(request);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(method) {
      let letGo = (): void => undefined;
      let reach = (): void => undefined;
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const gone = new Promise<void>((resolve) => {
        letGo = () => {
          held.delete(method);
          resolve();
        };
      });
      held.set(method, () => {
        reach();
        return gone;
      });
      return { reached, letGo };
    },
    async close() {
      upstream.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
