import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inline } from '../../src/contract/value';
import { text } from '../../src/models/scripted-reply';
import { repeatedCalls } from '../../src/testing/call-record';
import { startModelServer } from '../../src/testing/model-server';
import { readTestServers } from '../../src/testing/test-servers';
import { openWorkerBench, type WorkerBench } from './worker-bench';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

const TEAM = {
  name: 'team',
  agents: { writer: { instructions: 'Write.' } },
  root: { kind: 'agent', agent: 'writer' },
};

let bench: WorkerBench;
let folder: string;
const processes: WorkerProcess[] = [];

beforeEach(async () => {
  bench = await openWorkerBench();
  folder = mkdtempSync(path.join(tmpdir(), 'baton-main-'));
});

afterEach(async () => {
  for (const { child } of processes) child.kill('SIGKILL');
  await Promise.all(processes.splice(0).map(({ ended }) => ended));
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): WorkerProcess {
  const servers = readTestServers();
  const started = startWorkerProcess(['--task-queue', bench.taskQueue, ...args], {
    TEMPORAL_ADDRESS: servers?.address,
    TEMPORAL_NAMESPACE: servers?.namespace,
    BATON_STORE: path.join(folder, 'store'),
    ...env,
  });
  processes.push(started);
  return started;
}

test.each([
  ['a call within the grace time is finished and reported', '10s', 1],
  ['a longer call is cut, and made again by the next worker', '100ms', 2],
])(
  'a worker that is told to stop drains: %s',
  async (_, grace, calls) => {
    const arrived: (() => void)[] = [];
    const server = await startModelServer({
      latencyMs: 1500,
      reply: () => {
        for (const listener of arrived) listener();
        return text('worth the wait');
      },
    });
    try {
      const env = { ANTHROPIC_BASE_URL: server.url };
      const first = start(['--grace', grace], env);
      await first.says('polls');
      const called = new Promise<void>((resolve) => arrived.push(resolve));
      const run = await bench.startRun(TEAM, 'go');
      await called;
      first.child.kill('SIGTERM');
      expect(await first.ended).toBe(0);
      expect(first.output()).toContain('has stopped');
      await start([], env).says('polls');
      expect((await run.result()).output).toEqual(inline('worth the wait'));
      expect(server.calls()).toHaveLength(calls);
      expect(repeatedCalls(server.calls())).toEqual([]);
    } finally {
      await server.close();
    }
  },
  40_000,
);

test('a worker answers with the offline model and the tools of its modules', async () => {
  writeFileSync(
    path.join(folder, 'offline.js'),
    'exports.offline = ({ agent, messages }) => ({ text: agent + " heard " + messages[0].content[0].text });',
  );
  const worker = start(['--use', folder, '--offline']);
  await worker.says('Models: scripted');
  const run = await bench.startRun(TEAM, 'a knock');
  expect((await run.result()).output).toEqual(inline('writer heard a knock'));
});

test.each([
  ['a server that is not there', [], { TEMPORAL_ADDRESS: '127.0.0.1:1' }, /at 127\.0\.0\.1:1 does not serve/],
  ['a namespace that is not there', [], { TEMPORAL_NAMESPACE: 'nowhere' }, /nowhere/],
  ['a wrong setting', ['--role', 'boss'], {}, /--role \(or BATON_ROLE\): /],
  ['an unknown flag', ['--colour', 'red'], {}, /--colour/],
  ['a module that is not there', ['--use', './no-such.js'], {}, /no-such\.js/],
])('a worker that cannot start says why in one line: %s', async (_, args, env, message) => {
  const worker = start(args, env);
  expect(await worker.ended).toBe(1);
  expect(worker.output()).toMatch(message);
  expect(worker.output().trim().split('\n')).toHaveLength(1);
});
