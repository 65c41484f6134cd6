import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { stopProjectServer } from '../../src/server/connect-or-start';
import { isRecordedServerRunning, readServerState } from '../../src/server/server-state';
import { CACHE_DIRECTORY } from '../setup/folders';
import { baton } from './fake-terminal';
import { writeTeam } from './team-on-disk';

/** A project of its own: `.baton` is looked for in the current folder. */
const project = mkdtempSync(join(tmpdir(), 'baton-project-'));
const before = process.cwd();
const env = { PATH: process.env.PATH, HOME: project };

beforeAll(() => {
  mkdirSync(join(project, '.baton'));
  symlinkSync(CACHE_DIRECTORY, join(project, '.baton', 'bin'));
  process.chdir(project);
});

afterAll(async () => {
  await stopProjectServer();
  process.chdir(before);
  rmSync(project, { recursive: true, force: true });
});

async function isServing(): Promise<boolean> {
  const state = await readServerState(join(project, '.baton'));
  return state !== undefined && (await isRecordedServerRunning(state));
}

test('run starts a server and a worker where there are none, and leaves neither behind', async () => {
  const run = baton(['run', writeTeam(join(project, 'team'), 'alone'), '--approve-by', 'ann', '--json'], {
    env,
  });
  expect(await run.ended).toBe(EXIT.ok);
  expect(JSON.parse(run.stdout())).toMatchObject({
    state: 'done',
    link: expect.stringContaining('/workflows/'),
  });
  expect(await isServing()).toBe(false);
}, 60_000);

test('up starts a server that stays, finds it again, and stops it', async () => {
  const first = baton(['up', '--json'], { env });
  expect(await first.ended).toBe(EXIT.ok);
  const { address, started } = JSON.parse(first.stdout());
  expect(started).toBe(true);

  const second = baton(['up'], { env });
  expect(await second.ended).toBe(EXIT.ok);
  expect(second.stdout()).toContain(`${address} (it was running already)`);

  // The run of the server before is in its database still.
  const list = baton(['list', '--json'], { env });
  expect(await list.ended).toBe(EXIT.ok);
  expect(JSON.parse(list.stdout()).runs).toEqual([expect.objectContaining({ team: 'alone', state: 'done' })]);

  const stop = baton(['up', '--stop', '--json'], { env });
  expect(await stop.ended).toBe(EXIT.ok);
  expect(JSON.parse(stop.stdout())).toEqual({ stopped: true });
  expect(await isServing()).toBe(false);
  const none = baton(['list'], { env });
  expect(await none.ended).toBe(EXIT.noServer);
  expect(none.stderr()).toContain('Start one with "baton up"');
}, 60_000);
