import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { failureType } from '../../../src/contract/fail';
import type { Json, JsonObject } from '../../../src/contract/json';
import { createCatalogue } from '../../../src/tools/catalogue';
import { type HttpToolsOptions, httpTools } from '../../../src/tools/http/http-tools';
import { DIRECT } from '../../../src/tools/http/pinned-exchange';

let server: http.Server;
let asked: { method?: string | undefined; headers: http.IncomingHttpHeaders; body: string }[];
let answer: (response: http.ServerResponse, request: http.IncomingMessage) => void;

beforeAll(async () => {
  server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method, headers: request.headers, body });
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  asked = [];
  answer = (response) => response.end('fine');
});

/** Every public address stands on this machine. */
const network = {
  resolve: async () => ['93.184.216.34'],
  connect: () => DIRECT.connect('127.0.0.1', (server.address() as AddressInfo).port),
};

function use(
  name: string,
  args: JsonObject,
  options: Partial<HttpToolsOptions> = {},
  signal = new AbortController().signal,
): Promise<Json> {
  const all: HttpToolsOptions = {
    hosts: ['api.example.com', '*.example.org'],
    schemes: ['http', 'https'],
    send: ['POST'],
    network,
    ...options,
  };
  const tool = createCatalogue(httpTools(all)).get(name);
  return tool.run(tool.input.parse(args), { idempotencyKey: 'key-1', runId: 'r', path: 'root', signal });
}

test('http_get: returns status, type and text', async () => {
  answer = (response) => response.writeHead(404, { 'content-type': 'text/plain' }).end('gone');
  expect(await use('http_get', { url: 'http://api.example.com/a?b=1' })).toEqual({
    status: 404,
    url: 'http://api.example.com/a?b=1',
    contentType: 'text/plain',
    body: 'gone',
    complete: true,
  });
  expect(asked[0]?.headers).toMatchObject({ host: 'api.example.com', 'accept-encoding': 'identity' });
});

test('the list of hosts: a wildcard means what is below a name, a port must be listed, nothing else is asked', async () => {
  await use('http_get', { url: 'http://deep.docs.example.org/' });
  for (const url of [
    'http://example.org/',
    'http://notexample.org/',
    'http://api.example.com.evil.org/',
    'http://api.example.com:8080/',
    'http://evil.api.example.com/',
  ])
    await expect(use('http_get', { url })).rejects.toThrow('the host is not on the list');
  expect(asked).toHaveLength(1);
  await use('http_get', { url: 'http://api.example.com:8080/' }, { hosts: ['api.example.com:8080'] });
  expect(asked).toHaveLength(2);
});

test('a wrong list of hosts: is refused when the tools are made, with every wrong entry', () => {
  for (const hosts of [[], ['*'], ['https://api.example.com'], ['API.example.com', 'a b']])
    expect(() => httpTools({ hosts })).toThrow('need a list of hosts');
  expect(() => httpTools({ hosts: ['*', 'ok.com', 'a/b'] })).toThrow(/these are none: \*, a\/b/);
});

test('schemes: https alone unless http is named', async () => {
  const url = 'http://api.example.com/';
  await expect(use('http_get', { url }, { schemes: ['https'] })).rejects.toThrow('only https');
  const tool = createCatalogue(httpTools({ hosts: ['api.example.com'], network })).get('http_get');
  const context = { idempotencyKey: 'k', runId: 'r', path: 'root', signal: new AbortController().signal };
  await expect(tool.run({ url }, context)).rejects.toThrow('only https');
  expect(asked).toEqual([]);
});

test('a body over the limit: is read no further, and said to be incomplete', async () => {
  let sent = 0;
  answer = (response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384))) sent += 16_384;
    };
    response.on('drain', more);
    response.on('error', () => undefined);
    more();
  };
  const got = (await use('http_get', { url: 'http://api.example.com/' }, { maxBytes: 1000 })) as {
    body: string;
    complete: boolean;
  };
  expect([got.body.length, got.complete]).toEqual([1000, false]);
  const atEnd = sent;
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent - atEnd).toBeLessThan(4 * 1024 * 1024);
});

test('an answer that is compressed or no text: is refused', async () => {
  answer = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('bomb');
  await expect(use('http_get', { url: 'http://api.example.com/' })).rejects.toThrow('compressed');
  answer = (response) => response.end(Buffer.from([1, 0, 2]));
  await expect(use('http_get', { url: 'http://api.example.com/' })).rejects.toThrow('no text');
});

test('credentials of a host: go to that host alone, also after a redirect', async () => {
  const headers = { 'api.example.com': { authorization: 'Bearer canary' } };
  answer = (response, request) =>
    request.headers.host === 'api.example.com'
      ? response.writeHead(302, { location: 'http://www.example.org/' }).end()
      : response.end('there');
  expect(await use('http_get', { url: 'http://api.example.com/' }, { headers })).toMatchObject({
    url: 'http://www.example.org/',
    body: 'there',
  });
  expect(asked.map((each) => each.headers.authorization)).toEqual(['Bearer canary', undefined]);
});

test('a call that is aborted: closes its connection', async () => {
  const abort = new AbortController();
  const gone = new Promise((resolve) => {
    answer = (response) => {
      response.on('close', resolve);
      abort.abort(new Error('cancelled'));
    };
  });
  await expect(use('http_get', { url: 'http://api.example.com/' }, {}, abort.signal)).rejects.toThrow();
  await gone;
});

test.each(['http', 'https'])(
  'a host that refuses connections, over %s: is an error that names no address',
  async (scheme) => {
    const refusing = { ...network, connect: () => DIRECT.connect('127.0.0.1', 1) };
    for (const [tool, args] of [
      ['http_get', {}],
      ['http_send', { method: 'POST' }],
    ] as const) {
      const told = await use(
        tool,
        { ...args, url: `${scheme}://api.example.com/` },
        { network: refusing },
      ).catch((error: unknown) => error);
      expect(String(told)).toBe('Error: The host did not answer (ECONNREFUSED).');
    }
  },
);

test('http_send: sends what it is given under the idempotency key, and follows no redirect', async () => {
  answer = (response) => response.writeHead(303, { location: 'http://api.example.com/made' }).end();
  expect(
    await use('http_send', { method: 'POST', url: 'http://api.example.com/', body: '{"a":"ü"}' }),
  ).toMatchObject({ status: 303, location: 'http://api.example.com/made' });
  expect(asked).toEqual([
    expect.objectContaining({
      method: 'POST',
      body: '{"a":"ü"}',
      headers: expect.objectContaining({ 'idempotency-key': 'key-1', 'content-type': 'application/json' }),
    }),
  ]);
});

test('http_send: has only the methods that were named, and no header but a content type can be written', () => {
  const sender = createCatalogue(httpTools({ hosts: ['a.com'], send: ['POST'] })).get('http_send');
  for (const bad of [
    { method: 'DELETE' },
    { headers: { host: 'b.com' } },
    { contentType: 'text/plain\r\nhost: b.com' },
  ])
    expect(sender.input.safeParse({ method: 'POST', url: 'https://a.com/', ...bad }).success).toBe(false);
  expect(sender).toMatchObject({ effect: 'write', repeat: 'never' });
  expect([...httpTools({ hosts: ['a.com'] })].map(({ name }) => name)).toEqual(['http_get']);
});

test('http_send: a connection that breaks after the request is no answer: the effect is in doubt', async () => {
  answer = (response) => response.destroy();
  const failed = await use('http_send', { method: 'POST', url: 'http://api.example.com/' }).catch(
    (error: unknown) => error,
  );
  expect(failureType(failed)).toBe('ToolUnavailable');
});
