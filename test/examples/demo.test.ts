import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isAlive } from '../../src/server/process-life';
import { readTestServers } from '../../src/testing/test-servers';

interface Played {
  readonly code: number | null;
  readonly stdout: readonly string[];
  readonly stderr: string;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The demo as a newcomer runs it, without a model and without a terminal, on the server of the test run. */
async function play(...flags: string[]): Promise<Played> {
  const servers = readTestServers();
  const child = spawn(process.execPath, [resolve('dist', 'scripts', 'demo.js'), ...flags], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      BATON_STORE: join(folder, 'store'),
      TEMPORAL_ADDRESS: servers?.address,
      TEMPORAL_NAMESPACE: servers?.namespace,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((ended) => child.once('exit', ended));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout: stdout.split('\n'), stderr };
}

describe('the demo', () => {
  test('a worker killed in the middle: the run finishes, no answered call is made again, nothing stays behind', async () => {
    const { code, stdout, stderr } = await play('--kill-worker');
    expect(stderr).toMatch(/Killed worker \d+ \(SIGKILL\): 5 calls answered, 4 under way/);
    expect(code).toBe(0);
    expect(stdout[0]).toContain('No model was asked');
    // Ten calls, and the four that the kill cut off once more.
    expect(stdout).toContain('model calls: 14 made, 0 repeated');
    expect(stdout).toContain('The review is done.');
    expect(stdout.join('\n')).toContain('src/db/order-store.ts:37');
    const pids = [...stderr.matchAll(/[Ww]orker (\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids).toHaveLength(2);
    expect(await Promise.all(pids.map(isAlive))).toEqual([false, false]);
  }, 60_000);

  test('an input that is not there: one readable error, and no run', async () => {
    const { code, stderr } = await play('--input', 'missing.diff');
    expect(code).not.toBe(0);
    expect(stderr).toContain('InvalidInput: The input missing.diff cannot be read');
  });
});
