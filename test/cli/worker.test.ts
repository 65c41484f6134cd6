import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { roleQueue } from '../../src/contract/names';
import { inline } from '../../src/contract/value';
import { text } from '../../src/models/scripted-reply';
import { repeatedCalls } from '../../src/testing/call-record';
import { startModelServer } from '../../src/testing/model-server';
import { sharedServer } from '../setup/shared-server';
import { startWorkerProcess, type WorkerProcess } from '../setup/worker-process';
import { openWorkerBench, type WorkerBench } from '../workers/worker-bench';
import { baton } from './fake-terminal';

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
  await Promise.all(processes.splice(0).map((each) => each.kill()));
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

function serverEnv(): NodeJS.ProcessEnv {
  const { address, namespace } = sharedServer();
  return {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    BATON_STORE: path.join(folder, 'store'),
  };
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): WorkerProcess {
  const started = startWorkerProcess(['--task-queue', bench.taskQueue, ...args], { ...serverEnv(), ...env });
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

test('a worker answers with the offline replies and has the tools of what it loads', async () => {
  writeFileSync(
    path.join(folder, 'offline.js'),
    'exports.offline = ({ agent, messages }) => ({ text: agent + " heard " + messages[0].content[0].text });',
  );
  const tools = path.resolve(__dirname, '..', '..', 'dist', 'examples', 'code-review', 'tools.js');
  const worker = start(['--load', folder, '--load', tools, '--offline', '--json']);
  await worker.says('}\n');
  expect(JSON.parse(worker.output())).toMatchObject({
    taskQueue: bench.taskQueue,
    role: 'all',
    models: 'offline replies',
    tools: expect.arrayContaining(['rank_findings']),
  });
  const run = await bench.startRun(TEAM, 'a knock');
  expect((await run.result()).output).toEqual(inline('writer heard a knock'));
});

test.each(['models', 'tools'] as const)(
  'a worker of the role %s polls the queue of that role',
  async (role) => {
    const worker = start(['--role', role, '--load', 'examples/code-review', '--offline']);
    await worker.says(`(${role}) polls "${roleQueue(bench.taskQueue, role)}"`);
  },
);

const TWO_OFFLINE = ['--load', 'examples/code-review', '--load', 'examples/data-pipeline', '--offline'];

test.each([
  ['a server that is not there', [], { TEMPORAL_ADDRESS: '127.0.0.1:1' }, [/127\.0\.0\.1:1/, EXIT.noServer]],
  ['a namespace that is not there', [], { TEMPORAL_NAMESPACE: 'nowhere' }, [/nowhere/, EXIT.noServer]],
  ['a wrong setting', ['--role', 'boss'], {}, [/--role \(or BATON_ROLE\): /, EXIT.usage]],
  ['an unknown flag', ['--colour', 'red'], {}, [/--colour/, EXIT.usage]],
  ['a module that is not there', ['--load', './no-such.js'], {}, [/no-such\.js/, EXIT.usage]],
  [
    'a folder that brings nothing',
    ['--load', 'deploy'],
    {},
    [/neither tools\.js nor offline\.js/, EXIT.usage],
  ],
  ['offline replies of two teams', TWO_OFFLINE, {}, [/code-review.*data-pipeline/, EXIT.usage]],
] as const)(
  'a worker that cannot start says why, and the way out: %s',
  async (_, args, env, [message, code]) => {
    const worker = baton(['worker', ...args], { env: { ...serverEnv(), ...env } });
    expect(await worker.ended).toBe(code);
    expect(worker.stderr()).toMatch(message);
    expect(worker.stderr().trim().split('\n')).toHaveLength(2);
  },
);

test.each([
  ['is broken', 'throw new Error("no licence");', /broken\.js cannot be loaded: no licence/],
  [
    'holds no tools',
    'exports.tools = [{ name: "one" }];',
    /broken\.js: tools 0 is no tool: make it with defineTool/,
  ],
  [
    'makes no tools',
    'exports.createTools = () => [7];',
    /broken\.js: createTools\(\) returned tools, of which 0 is no tool/,
  ],
  ['replies with nothing', 'exports.offline = "hi";', /broken\.js: offline must be a function/],
])('a module that %s is named with what is wrong', async (_, code, message) => {
  const file = path.join(folder, 'broken.js');
  writeFileSync(file, code);
  const worker = baton(['worker', '--load', file], { env: serverEnv() });
  expect(await worker.ended).toBe(EXIT.usage);
  expect(worker.stderr()).toMatch(message);
});
