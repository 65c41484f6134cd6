import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as a wire server saw it. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are read by tests, field by field
  readonly body: any;
  /** Settles when the exchange is over: true where the client hung up before the server had ended its reply. */
  readonly cut: Promise<boolean>;
}

/** Writes one reply; a scene that never ends its response leaves the client waiting. */
export type Scene = (response: ServerResponse) => void;

export interface Wire {
  readonly url: string;
  readonly seen: Seen[];
  /** Connections that were opened so far. */
  connections(): number;
  /** The reply to every request from now on. */
  play(scene: Scene): void;
  close(): Promise<void>;
}

export async function startWire(): Promise<Wire> {
  const seen: Seen[] = [];
  let scene: Scene = (response) => response.destroy();
  const server = createServer(async (request, response) => {
    const cut = new Promise<boolean>((resolve) => {
      response.once('close', () => resolve(!response.writableEnded));
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    seen.push({ path: request.url ?? '', headers: request.headers, body, cut });
    scene(response);
  });
  let connections = 0;
  server.on('connection', () => {
    connections++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    connections: () => connections,
    play: (next) => {
      scene = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
