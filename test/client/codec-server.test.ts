import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { defaultPayloadConverter } from '@temporalio/common';
import { type CodecServer, startCodecServer } from '../../src/client/codec-server';
import { agent, on, parallel, pipeline, team } from '../../src/contract/builders';
import { EVENT_SIGNAL } from '../../src/contract/names';
import { inline } from '../../src/contract/value';
import { text } from '../../src/models/scripted-reply';
import { KeyRing } from '../../src/secrets/key-ring';
import { findTemporal } from '../../src/server/find-temporal';
import { type OpenStore, openStore } from '../../src/threads/open-store';
import { placesOf } from '../secrets/clear-text';
import { CACHE_DIRECTORY } from '../setup/folders';
import { sharedServer } from '../setup/shared-server';
import { openRunBench, type RunBench, until } from './run-bench';

const WORD = 'Wilhelmina';
const TOKEN = randomBytes(16).toString('hex');
const ORIGIN = 'http://127.0.0.1:8233';
const encryption = { ring: new KeyRing([['k1', randomBytes(32)]]), required: true };

let bench: RunBench;
let opened: OpenStore;
let server: CodecServer;

beforeAll(async () => {
  bench = await openRunBench([], encryption);
  opened = openStore({ folder: bench.folder, encryption });
  server = await startCodecServer({ opened, token: TOKEN, origins: [ORIGIN] });
});
afterAll(async () => {
  await server.close();
  await bench.close();
});

const speaker = agent({ name: 'speaker', instructions: `Speak of ${WORD}.` });
const waiting = team('codec', pipeline([on('news', { timeout: '1m' }), speaker]));

const bearer = { Authorization: `Bearer ${TOKEN}` };

async function ask(
  verb: string,
  payloads: unknown,
  headers: Record<string, string> = bearer,
): Promise<Response> {
  return fetch(`${server.url}/${verb}`, { method: 'POST', headers, body: JSON.stringify({ payloads }) });
}

/** The first input of a run, as the server has it. */
async function sealedInput(run: string): Promise<object> {
  const { events } = await bench.client.context.temporal.workflow.getHandle(run).fetchHistory();
  const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (payload === undefined) throw new Error('no input');
  return JSON.parse(JSON.stringify(payload));
}

async function opens(payload: object, headers?: Record<string, string>): Promise<string> {
  const { payloads } = (await (await ask('decode', [payload], headers)).json()) as {
    payloads: { data: string }[];
  };
  return Buffer.from(payloads[0]?.data ?? '', 'base64').toString();
}

/** The real command, as an operator types it. */
async function temporal(...args: string[]): Promise<string> {
  const path = await findTemporal({
    env: process.env,
    cacheDirectory: CACHE_DIRECTORY,
    report: () => undefined,
  });
  const { address, namespace } = sharedServer();
  const codec = ['--codec-endpoint', server.url, '--codec-auth', `Bearer ${TOKEN}`];
  const { stdout } = await promisify(execFile)(path, [
    ...args,
    ...['--address', address, '--namespace', namespace, '--output', 'json'],
    ...codec,
  ]);
  return stdout;
}

describe('codec server', () => {
  test("the temporal command: shows what is encrypted, and what it sends is the run's to read", async () => {
    bench.script({ speaker: () => text(`${WORD} it is`) });
    const { run } = await bench.client.start(waiting, `Who? ${WORD}`);
    await until(async () => (await bench.client.view(run)).nodes.some(({ kind }) => kind === 'on'));
    const sent = JSON.stringify({ event: 'news', value: inline('told') });
    await temporal('workflow', 'signal', '-w', run, '--name', EVENT_SIGNAL, '--input', sent);
    expect(await bench.client.result(run)).toMatchObject({ output: `${WORD} it is` });
    const shown = Buffer.from(await temporal('workflow', 'show', '-w', run));
    expect(placesOf(WORD, [shown])).not.toEqual([]);
    expect(placesOf('binary/encrypted', [shown])).toEqual([]);
  });

  test('decode: opens payloads for whoever says the token, as bearer or as password, and for nobody else', async () => {
    const { run } = await bench.client.start(waiting, `Who? ${WORD}`);
    const input = await sealedInput(run);
    const basic = (password: string) => ({
      Authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`,
    });
    for (const headers of [bearer, basic(TOKEN)]) expect(await opens(input, headers)).toContain(WORD);
    const nobody: Record<string, string> = {};
    for (const headers of [nobody, basic('x'), { Authorization: `Bearer ${TOKEN}x` }]) {
      const refused = await ask('decode', [input], headers);
      expect(refused.status).toBe(401);
      expect(await refused.text()).not.toContain(WORD);
    }
    await bench.client.cancel(run);
  });

  test('a payload that lies in the store: is fetched and opened', async () => {
    const agents = Object.fromEntries(
      Array.from({ length: 4 }, (_, index) => [
        `a${index}`,
        agent({ name: `a${index}`, instructions: `${WORD} `.repeat(9000) }),
      ]),
    );
    const large = team('large', pipeline([on('news', { timeout: '1m' }), parallel(agents)]));
    const { run } = await bench.client.start(large, null);
    const input = await sealedInput(run);
    expect(JSON.stringify(input).length).toBeLessThan(2000);
    expect(await opens(input)).toContain(WORD);
    await bench.client.cancel(run);
  });

  test('encode: what it seals is opened again; what it cannot open stays as it is, beside what it can', async () => {
    const plain = defaultPayloadConverter.toPayload({ secret: WORD });
    const sealed = (await (await ask('encode', [plain].map(asJson))).json()) as { payloads: object[] };
    expect(JSON.stringify(sealed)).not.toContain(Buffer.from(WORD).toString('base64').slice(0, 8));
    const [first] = sealed.payloads;
    const junk = { metadata: { encoding: Buffer.from('binary/encrypted').toString('base64') }, data: 'AAAA' };
    const both = (await (await ask('decode', [junk, first])).json()) as { payloads: { data: string }[] };
    expect(both.payloads[0]).toEqual(junk);
    expect(Buffer.from(both.payloads[1]?.data ?? '', 'base64').toString()).toContain(WORD);
  });

  test("a web page: only that of a named origin may read, with its browser's credentials", async () => {
    const preflight = (origin: string) =>
      fetch(`${server.url}/decode`, { method: 'OPTIONS', headers: { Origin: origin } });
    const allowed = (await preflight(ORIGIN)).headers;
    expect(allowed.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(allowed.get('access-control-allow-credentials')).toBe('true');
    expect((await preflight('http://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    ['another path', () => ask('run', [])],
    ['no JSON', () => fetch(`${server.url}/decode`, { method: 'POST', headers: bearer, body: '{' })],
    ['too much', () => ask('decode', 'x'.repeat(9 * 1024 * 1024))],
  ])('%s: is refused, and the server goes on', async (_, request) => {
    expect([400, 404, 413]).toContain((await request()).status);
    expect((await ask('decode', [])).status).toBe(200);
  });

  test('a short token, or a store where nothing is encrypted: does not start', async () => {
    await expect(startCodecServer({ opened, token: 'short' })).rejects.toMatchObject({
      type: 'InvalidInput',
    });
    const plain = openStore({ folder: bench.folder });
    await expect(startCodecServer({ opened: plain, token: TOKEN })).rejects.toMatchObject({
      type: 'InvalidInput',
    });
  });
});

function asJson({ metadata, data }: ReturnType<typeof defaultPayloadConverter.toPayload>): object {
  const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]),
    ),
    data: base64(data),
  };
}
