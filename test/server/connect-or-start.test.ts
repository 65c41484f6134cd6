import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { failureType } from '../../src/contract/fail';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/contract/names';
import { type EnsureServerOptions, ensureServer, stopProjectServer } from '../../src/server/connect-or-start';
import { isAlive } from '../../src/server/process-life';
import { readServerState } from '../../src/server/server-state';
import { CACHE_DIRECTORY } from '../setup/folders';
import { sharedServer } from '../setup/shared-server';

let directory: string;
let own: EnsureServerOptions;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'baton-server-'));
  own = { env: {}, directory, cacheDirectory: CACHE_DIRECTORY, preferredPorts: [0, 0] };
});

afterEach(async () => {
  await stopProjectServer(directory);
  await rm(directory, { recursive: true, force: true });
});

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

async function recordedPid(): Promise<number> {
  const state = await readServerState(directory);
  if (state === undefined) throw new Error('no server is recorded');
  return state.pid;
}

describe('ensureServer without configuration', () => {
  test('a killed server: the next one keeps the address and the runs of the last', async () => {
    const first = await ensureServer({ ...own });
    await withClient(first.address, (client) =>
      client.workflow.start('anyWorkflow', { taskQueue: 'nobody', workflowId: 'survivor', args: [] }),
    );
    const pid = await recordedPid();
    process.kill(pid, 'SIGKILL');
    while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));

    const { preferredPorts: _, ...sameAsBefore } = own;
    const second = await ensureServer(sameAsBefore);
    expect(second.started).toBe(true);
    expect(second.address).toBe(first.address);
    const described = await withClient(second.address, (client) =>
      client.workflow.getHandle('survivor').describe(),
    );
    expect(described.status.name).toBe('RUNNING');
    await second.stop();
  });

  test('two callers at once: one server, which the last of them stops', async () => {
    const [one, other] = await Promise.all([ensureServer(own), ensureServer(own)]);
    expect(one.address).toBe(other.address);
    expect([one.started, other.started].filter(Boolean)).toHaveLength(1);
    const pid = await recordedPid();
    const [starter, guest] = one.started ? [one, other] : [other, one];
    await starter.stop();
    expect(await isAlive(pid)).toBe(true);
    await guest.stop();
    expect(await isAlive(pid)).toBe(false);
    expect(await readServerState(directory)).toBeUndefined();
  });

  test('a server made lasting outlives its users; one left by a killed user does not', async () => {
    const passing = await ensureServer(own);
    const pid = await recordedPid();
    const lasting = await ensureServer({ ...own, lasting: true });
    await lasting.stop();
    await passing.stop();
    expect(await isAlive(pid)).toBe(true);
    expect(await stopProjectServer(directory)).toBe(true);

    const next = await ensureServer(own);
    const nextPid = await recordedPid();
    await writeFile(join(directory, 'server-users', '999999999-dead'), '');
    await next.stop();
    expect(await isAlive(nextPid)).toBe(false);
  });

  test('a taken port: another one is used, and its owner is left alone', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const address = squatter.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const server = await ensureServer({ ...own, preferredPorts: [taken, taken] });
      expect(server.address).not.toBe(`127.0.0.1:${taken}`);
      expect(server.uiUrl).not.toContain(String(taken));
      expect(squatter.listening).toBe(true);
    } finally {
      squatter.close();
    }
  });
});

describe('ensureServer with configuration', () => {
  test('a dead TEMPORAL_ADDRESS: fails within 3 s and says the way out', async () => {
    const begun = Date.now();
    const failing = ensureServer({ ...own, env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
    await expect(failing).rejects.toMatchObject({
      type: 'TemporalUnreachable',
      message: expect.stringMatching(
        /127\.0\.0\.1:1 \(from TEMPORAL_ADDRESS\).*without an address Baton starts/,
      ),
    });
    expect(Date.now() - begun).toBeLessThan(3_000);
    expect(await readServerState(directory)).toBeUndefined();
  });

  test('a namespace that lacks search attributes: the error lists the commands that add them', async () => {
    const { address } = sharedServer();
    const namespace = `bare-${process.pid}`;
    await withClient(address, (client) =>
      client.workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: msToTs('1 day'),
      }),
    );
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    let failed: unknown;
    do {
      failed = await ensureServer({ ...own, env }).catch((error: unknown) => error);
      // A new namespace is not known everywhere at once.
    } while (failureType(failed) === 'TemporalUnreachable');
    expect(failed).toMatchObject({
      type: 'SearchAttributesMissing',
      message: expect.stringContaining(
        `temporal operator search-attribute create --address ${address} --namespace ${namespace} --name BatonTeam --type Keyword`,
      ),
      details: Object.keys(SEARCH_ATTRIBUTE_TYPES),
    });
  });

  test('a usable server: it is taken, and stop leaves it alone', async () => {
    const { address, namespace } = sharedServer();
    const server = await ensureServer({ ...own, env: { TEMPORAL_ADDRESS: address } });
    expect(server).toMatchObject({ address, namespace, started: false });
    await server.stop();
    const again = await ensureServer({ ...own, env: { TEMPORAL_ADDRESS: address } });
    expect(again.started).toBe(false);
    expect(await readServerState(directory)).toBeUndefined();
  });

  test('a profile that is not in the configuration file: says what to correct', async () => {
    const failing = ensureServer({ ...own, env: { TEMPORAL_PROFILE: 'nowhere' } });
    await expect(failing).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('Correct TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE'),
    });
  });
});
