import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { sharedServer } from '../setup/shared-server';
import { startWorkerProcess, type WorkerProcess } from '../setup/worker-process';
import { baton } from './fake-terminal';
import { writeTeam } from './team-on-disk';

const folder = mkdtempSync(join(tmpdir(), 'baton-agents-'));
const queue = `agents-${randomUUID().slice(0, 8)}`;
const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: join(folder, 'store') };
let worker: WorkerProcess;

beforeAll(async () => {
  writeTeam(folder, 'desk');
  worker = startWorkerProcess(['--load', folder, '--task-queue', queue], env);
  await worker.says('polls');
});
afterAll(async () => {
  await worker.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function agents(...args: readonly string[]) {
  const command = baton(['agents', ...args, '--task-queue', queue], { env });
  return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() };
}

test('agents are registered from a team, listed, weighed, scored and retired, with a history', async () => {
  expect(await agents('list')).toMatchObject({ code: EXIT.ok, stdout: expect.stringContaining('No agents') });
  expect(await agents('register', folder, '--by', 'ann')).toMatchObject({
    code: EXIT.ok,
    stdout: expect.stringContaining('writer 1'),
  });
  expect((await agents('weigh', 'writer', '2.5', '--by', 'bob')).code).toBe(EXIT.ok);
  expect((await agents('score', 'writer', '0.9', '--agent-version', '1')).code).toBe(EXIT.ok);
  expect((await agents('list')).stdout).toMatch(/writer\s+1\s+current\s+weight 2.5/);
  expect((await agents('weigh', 'stranger', '1')).code).toBe(EXIT.refused);
  expect((await agents('weigh', 'writer', 'much')).code).toBe(EXIT.usage);
  expect((await agents('fly')).code).toBe(EXIT.usage);
  expect((await agents('retire', 'writer', '--by', 'ann')).code).toBe(EXIT.ok);
  const history = JSON.parse((await agents('history', 'writer', '--json')).stdout);
  expect(history.changes).toMatchObject([
    { what: 'retired', by: 'ann' },
    { what: 'scored', version: '1', detail: '0.900' },
    { what: 'weighed', detail: '1 to 2.5', by: 'bob' },
    { what: 'registered', version: '1', by: 'ann' },
  ]);
}, 60_000);

test('a team that asks the registry runs with what was registered, and its tree says which version', async () => {
  await agents('register', folder);
  const asking = join(folder, 'asking.json');
  const who = { registry: { name: 'writer' } };
  writeFileSync(
    asking,
    JSON.stringify({ name: 'asking', agents: { who }, root: { kind: 'agent', agent: 'who' } }),
  );
  const run = baton(['run', asking, '--task-queue', queue], { env });
  expect(await run.ended).toBe(EXIT.ok);
  expect(run.stdout() + run.stderr()).toContain('writer 1');
}, 60_000);
