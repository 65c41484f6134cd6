import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { sharedServer } from '../setup/shared-server';
import { startWorkerProcess, type WorkerProcess } from '../setup/worker-process';
import { baton } from './fake-terminal';
import { writeTeam } from './team-on-disk';

const folder = mkdtempSync(join(tmpdir(), 'baton-deploy-'));
const name = `deploy-${randomUUID().slice(0, 8)}`;
const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: join(folder, 'store') };
const workers: WorkerProcess[] = [];

beforeAll(() => writeTeam(folder, name));
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  rmSync(folder, { recursive: true, force: true });
});

async function startBuild(buildId: string): Promise<void> {
  const build = ['--build-id', buildId, '--deployment', name, '--task-queue', name];
  const worker = startWorkerProcess(['--load', folder, ...build], env);
  workers.push(worker);
  await worker.says('polls');
}

/** The server hears of a build only once its worker has asked for work. */
async function deployed(buildId: string): Promise<unknown> {
  for (;;) {
    const deploy = baton(['deploy', '--build-id', buildId, '--deployment', name, '--json'], { env });
    if ((await deploy.ended) === EXIT.ok) return JSON.parse(deploy.stdout());
    expect(JSON.parse(deploy.stdout())).toMatchObject({ error: { type: 'DeploymentNotReady' } });
  }
}

test('deploy makes a build current, and refuses to retire it or one that a run needs', async () => {
  await startBuild('one');
  expect(await deployed('one')).toMatchObject({ current: 'one' });
  const run = baton(['run', folder, '--id', name, '--detach', '--task-queue', name, '--json'], { env });
  expect(await run.ended).toBe(EXIT.ok);
  expect(JSON.parse(run.stdout())).toMatchObject({ run: name });

  const retire = (...more: string[]) =>
    baton(['deploy', '--retire', 'one', '--deployment', name, ...more], { env });
  const current = retire('--json');
  expect(await current.ended).toBe(EXIT.refused);
  expect(JSON.parse(current.stdout())).toMatchObject({ error: { type: 'DeploymentInUse' } });

  const watch = baton(['watch', name], { env });
  const [, id = ''] = await watch.says(/baton approve ([0-9a-f]{16}) --by ann/);
  await startBuild('two');
  expect(await deployed('two')).toMatchObject({ current: 'two' });
  const status = baton(['deploy', 'status', '--deployment', name, '--json'], { env });
  expect(await status.ended).toBe(EXIT.ok);
  expect(JSON.parse(status.stdout())).toMatchObject({
    current: 'two',
    builds: expect.arrayContaining([
      { buildId: 'one', state: 'inUse', hasWorker: true, open: 1, runs: [name] },
      { buildId: 'two', state: 'current', hasWorker: true, open: 0, runs: [] },
    ]),
  });
  const needed = retire();
  expect(await needed.ended).toBe(EXIT.refused);
  expect(needed.stderr()).toContain(name);
  expect(needed.stderr()).toContain('Wait until its runs have ended');

  expect(await baton(['approve', id, '--by', 'ann', '--run', name], { env }).ended).toBe(EXIT.ok);
  expect(await watch.ended).toBe(EXIT.ok);
  expect(watch.stdout()).toContain('heard');
}, 60_000);
