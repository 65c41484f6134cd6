import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { sharedServer } from '../setup/shared-server';
import { startWorkerProcess } from '../setup/worker-process';
import { baton } from './fake-terminal';

const folder = mkdtempSync(join(tmpdir(), 'baton-state-'));
const team = join(folder, 'team');
const { address, namespace } = sharedServer();
const env = {
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
  BATON_STORE: join(folder, 'store'),
};

const put = (key: string, value: string) => ({ kind: 'tool', tool: 'put_state', args: { key, value } });

beforeAll(() => {
  mkdirSync(team);
  const stateTools = resolve('dist', 'src', 'tools', 'state-tools.js');
  writeFileSync(
    join(team, 'tools.js'),
    `exports.createTools = ({ state }) => require(${JSON.stringify(stateTools)}).stateTools(state);`,
  );
  writeFileSync(
    join(team, 'team.json'),
    JSON.stringify({
      name: 'sharing',
      root: {
        kind: 'pipeline',
        steps: [
          put('weather', 'fog'),
          put('weather', 'sun'),
          { kind: 'tool', tool: 'get_state', args: { keys: ['weather', 'wind'] } },
        ],
      },
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function answerOf(...more: readonly string[]): Promise<unknown> {
  const run = baton(['run', team, '--json', ...more], { env });
  expect(await run.ended).toBe(EXIT.ok);
  return JSON.parse(run.stdout()).output;
}

describe("createTools of a team's folder", () => {
  test('check makes its tools without making a store', async () => {
    expect(await baton(['check', team], { env }).ended).toBe(EXIT.ok);
    expect(existsSync(env.BATON_STORE)).toBe(false);
  });

  test('run gives it the state that the steps of a run share', async () => {
    expect(await answerOf()).toEqual({ weather: 'sun', wind: null });
  });

  test('worker gives it the same', async () => {
    const queue = `state-${randomUUID()}`;
    const worker = startWorkerProcess(['--task-queue', queue, '--load', team], env);
    try {
      await worker.says('polls');
      expect(await answerOf('--no-worker', '--task-queue', queue)).toEqual({ weather: 'sun', wind: null });
    } finally {
      await worker.kill();
    }
  }, 40_000);
});
