import http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as net from 'node:net';
import type { Json, JsonObject } from '../../../src/contract/json';
import { createCatalogue } from '../../../src/tools/catalogue';
import { httpTools, MAX_REDIRECTS } from '../../../src/tools/http/http-tools';
import { DIRECT, type Network } from '../../../src/tools/http/pinned-exchange';
import { ANSWERS, LITERALS } from './ssrf-corpus';

const PUBLIC = '93.184.216.34';
const NAME = 'api.example.com';

/** A server on this machine that nobody may reach through the tool; it counts. */
interface Trap {
  readonly server: http.Server;
  readonly port: number;
  hits: number;
}

let traps: readonly Trap[];
let port: number;
/** What the public host answers. It stands on this machine too, behind the hooked connect. */
let publicHost: http.Server;
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;
/** Where the tool connected to, as it asked for it. */
let connected: string[];
/** Every connection that this process opened, whoever did. */
let sockets: jest.SpyInstance;

beforeAll(async () => {
  const first = await trap('127.0.0.1', 0);
  port = first.port;
  // The same port on the other loopback address, so that each way of writing the machine leads to a trap.
  const second = await trap('::1', port).catch(() => undefined);
  traps = second === undefined ? [first] : [first, second];
  publicHost = http.createServer((request, response) => answer(request, response));
  await listening(publicHost, '127.0.0.1', 0);
});

afterAll(async () => {
  await Promise.all([publicHost, ...traps.map((each) => each.server)].map(closed));
});

beforeEach(() => {
  connected = [];
  answer = (_, response) => response.end('public');
  for (const each of traps) each.hits = 0;
  sockets = jest.spyOn(net.Socket.prototype, 'connect');
});

afterEach(() => sockets.mockRestore());

/** The machine's own network, but for names and for the one public address, which stands on this machine. */
function network(resolve: Network['resolve']): Network {
  return {
    resolve,
    connect: (address, toPort) => {
      connected.push(address);
      return address === PUBLIC
        ? DIRECT.connect('127.0.0.1', (publicHost.address() as AddressInfo).port)
        : DIRECT.connect(address, toPort);
    },
  };
}

async function get(url: string, hosts: readonly string[], resolve: Network['resolve'] = DIRECT.resolve) {
  const tools = httpTools({ hosts, schemes: ['http', 'https'], timeout: '3s', network: network(resolve) });
  return use(createCatalogue(tools).get('http_get'), { url });
}

async function use(tool: ReturnType<typeof httpTools>[number], args: JsonObject): Promise<Json> {
  const { signal } = new AbortController();
  const result = await tool.run(tool.input.parse(args), {
    idempotencyKey: 'k',
    runId: 'r',
    path: 'root',
    signal,
  });
  return tool.output.parse(result);
}

function expectNoConnection(): void {
  expect(connected).toEqual([]);
  expect(sockets).not.toHaveBeenCalled();
  expect(traps.map((each) => each.hits)).toEqual(traps.map(() => 0));
}

test('the corpus: is as large as it says', () => {
  const cases = new Set([...LITERALS, ...ANSWERS.map(String)]);
  expect(cases.size).toBeGreaterThanOrEqual(90);
});

test('the traps and the hook: do see a connection', async () => {
  const [first] = traps;
  await new Promise((resolve) =>
    http.get({ host: '127.0.0.1', port }, (response) => response.resume().on('end', resolve)),
  );
  expect(first?.hits).toBe(1);
  expect(sockets).toHaveBeenCalledTimes(1);
  expect(await get(`http://${NAME}/`, [NAME], async () => [PUBLIC])).toMatchObject({
    status: 200,
    body: 'public',
  });
  expect(connected).toEqual([PUBLIC]);
});

describe.each(LITERALS)('%j', (written) => {
  const url = () => written.replaceAll('PORT', String(port));

  test('with an honest list of hosts: nothing is connected to', async () => {
    await expect(get(url(), [NAME, '*.example.org'])).rejects.toThrow(/^Refused/);
    expectNoConnection();
  });

  test('with the very host on the list: nothing is connected to', async () => {
    await expect(get(url(), [NAME, ...hostIn(url())])).rejects.toThrow(/^Refused/);
    expectNoConnection();
  });

  test('as the target of a redirect, on the list or not: only the public host is connected to', async () => {
    answer = (_, response) => response.writeHead(302, { location: encodeURI(url()) }).end();
    const resolve = async (host: string) => (host === NAME ? [PUBLIC] : DIRECT.resolve(host));
    for (const hosts of [[NAME], [NAME, ...hostIn(url())]])
      await expect(get(`http://${NAME}/start`, hosts, resolve)).rejects.toThrow(/^(Refused|Stopped)/);
    // Some of them are paths of the public host, as a redirect is read.
    expect(new Set(connected)).toEqual(new Set([PUBLIC]));
    expect(traps.map((each) => each.hits)).toEqual(traps.map(() => 0));
  });
});

test.each(ANSWERS)('a name that resolves to %j %j: nothing is connected to', async (...addresses) => {
  await expect(get(`http://${NAME}:${port}/`, [`${NAME}:${port}`], async () => addresses)).rejects.toThrow(
    /^Refused/,
  );
  expectNoConnection();
});

test.each(['http', 'https'])(
  'a name that answers differently each time, over %s: is asked once, and the checked address is the one connected to',
  async (scheme) => {
    const answers = [PUBLIC, '127.0.0.1', '127.0.0.1', '127.0.0.1'];
    let lookups = 0;
    const resolve = async () => [answers[lookups++] ?? '127.0.0.1'];
    const got = await get(`${scheme}://${NAME}/`, [NAME], resolve).catch((error: unknown) => error);
    // The public host here speaks no TLS: what matters is who was connected to.
    if (scheme === 'http') expect(got).toMatchObject({ body: 'public' });
    expect([lookups, connected]).toEqual([1, [PUBLIC]]);
    expect(traps.map((each) => each.hits)).toEqual(traps.map(() => 0));
  },
);

test('a redirect to the same name, which now points inside: is resolved and checked anew', async () => {
  answer = (_, response) => response.writeHead(307, { location: '/again' }).end();
  const answers = [[PUBLIC], ['127.0.0.1']];
  await expect(get(`http://${NAME}/`, [NAME], async () => answers.shift() ?? [])).rejects.toThrow(/^Refused/);
  expect(connected).toEqual([PUBLIC]);
});

test('redirects without end: stop at the limit', async () => {
  answer = (request, response) => response.writeHead(301, { location: `${request.url}a` }).end();
  await expect(get(`http://${NAME}/`, [NAME], async () => [PUBLIC])).rejects.toThrow(/^Stopped/);
  expect(connected).toHaveLength(MAX_REDIRECTS + 1);
});

test('proxies of the environment: are not used', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    HTTP_PROXY: `http://127.0.0.1:${port}`,
    http_proxy: `http://127.0.0.1:${port}`,
    NODE_USE_ENV_PROXY: '1',
  });
  try {
    expect(await get(`http://${NAME}/`, [NAME], async () => [PUBLIC])).toMatchObject({ body: 'public' });
    expect(traps.map((each) => each.hits)).toEqual(traps.map(() => 0));
  } finally {
    process.env = before;
  }
});

/** The entry that would allow it, where the list can say it at all. */
function hostIn(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { hostname, host } = new URL(url);
  const name = hostname.replace(/\.$/, '');
  return name === '' ? [] : [host === hostname ? name : `${name}:${new URL(url).port}`];
}

async function trap(host: string, at: number): Promise<Trap> {
  const server = http.createServer((_, response) => response.end('trapped'));
  const made: Trap = { server, port: await listening(server, host, at), hits: 0 };
  server.on('connection', () => {
    made.hits += 1;
  });
  return made;
}

function listening(server: http.Server, host: string, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function closed(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
