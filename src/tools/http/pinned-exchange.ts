import * as dns from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import * as net from 'node:net';
import * as tls from 'node:tls';
import { portOf } from './allowed-hosts';
import { isPublicAddress } from './public-address';

/** How a request leaves the worker. Replaced where a worker resolves names by itself, or may leave through a gateway only. */
export interface Network {
  /** Every address of a host. */
  resolve(host: string): Promise<readonly string[]>;
  /** Opens a connection to an address that was checked. It must connect to that very address. */
  connect(address: string, port: number): net.Socket;
}

export const DIRECT: Network = {
  resolve: async (host) => (await dns.lookup(host, { all: true })).map(({ address }) => address),
  connect: (address, port) => net.connect({ host: address, port }),
};

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** False where the body has more bytes than were read. */
  readonly complete: boolean;
}

/** Thrown before anything was connected to: nothing has happened outside. */
export class Refused extends Error {}

/**
 * One request and its answer, no redirect followed. The name is resolved once, every address is checked, and the
 * connection goes to the first of them: a name that answers differently the next time changes nothing. Proxies that the
 * environment names are not used. Throws Refused, and what the network throws.
 */
export async function exchange(network: Network, asked: Exchange): Promise<Answer> {
  const address = await publicAddressOf(network, asked.url);
  asked.signal.throwIfAborted();
  return send(asked, () => network.connect(address, portOf(asked.url)));
}

async function publicAddressOf(network: Network, url: URL): Promise<string> {
  const host = hostOf(url);
  const addresses = net.isIP(host) === 0 ? await resolved(network, host) : [host];
  // All of them: of a name that points inside with one address, none is to be trusted.
  if (!addresses.every(isPublicAddress))
    throw new Refused('Refused: the host is not on the public internet.');
  const [first] = addresses;
  if (first === undefined) throw new Refused('Refused: the host has no address.');
  return first;
}

async function resolved(network: Network, host: string): Promise<readonly string[]> {
  try {
    return await network.resolve(host);
  } catch {
    throw new Refused('Refused: the name of the host could not be resolved.');
  }
}

/** Without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function send(asked: Exchange, connect: () => net.Socket): Promise<Answer> {
  const { url, method, headers, body, signal } = asked;
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request({
      method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, connection: 'close', 'accept-encoding': 'identity' },
      setHost: false,
      signal,
      // With a connection of its own a request has no agent: no pool that could hold a socket to another address.
      createConnection: () => (secure ? overTls(connect(), url) : connect()),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      bodyOf(response, asked.maxBytes).then((read) => {
        response.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, ...read });
      }, reject);
    });
    request.end(body);
  });
}

function overTls(socket: net.Socket, url: URL): tls.TLSSocket {
  const host = hostOf(url);
  return tls.connect({ socket, host, ...(net.isIP(host) === 0 ? { servername: host } : {}) });
}

async function bodyOf(
  response: http.IncomingMessage,
  maxBytes: number,
): Promise<Pick<Answer, 'body' | 'complete'>> {
  const chunks: Buffer[] = [];
  let left = maxBytes;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left));
    if (chunk.length > left) return { body: Buffer.concat(chunks), complete: false };
    left -= chunk.length;
  }
  return { body: Buffer.concat(chunks), complete: true };
}
