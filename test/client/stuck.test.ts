import { readFileSync } from 'node:fs';
import { EXIT } from '../../src/cli/exit-codes';
import { type BatonClient, connect } from '../../src/client/connect';
import { agent, on, pipeline, saga, team, tool } from '../../src/contract/builders';
import { WORKFLOW_TYPES } from '../../src/contract/names';
import { RUN_FORMAT, type RunInput } from '../../src/contract/run/run';
import type { Team } from '../../src/contract/team/team';
import { inline } from '../../src/contract/value';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { text } from '../../src/models/scripted-reply';
import { baton } from '../cli/fake-terminal';
import { sharedServer } from '../setup/shared-server';
import { workflowBundle } from '../setup/workflow-bundle';
import { openWorkerBench, type WorkerBench } from '../workers/worker-bench';
import { tripDesk } from '../workflows/trip-desk';
import { until } from './run-bench';

const desk = tripDesk();
let asked: string[] = [];
const means = {
  tools: desk.tools,
  models: oneModel(
    scripted(({ agent: name }) => {
      asked.push(name);
      return text(`${name} says it`);
    }),
  ),
};

let bench: WorkerBench;
let client: BatonClient;

beforeAll(async () => {
  bench = await openWorkerBench();
  const { address } = sharedServer();
  client = await connect({ address, taskQueue: bench.taskQueue, store: { folder: bench.folder } });
});
beforeEach(() => {
  desk.reset();
  asked = [];
});
afterAll(async () => {
  await client.close();
  await bench.close();
});

/** Starts a team past every check, so that a duration which is none comes as far as workflow code. */
function startUnchecked(given: Team) {
  const input: RunInput = {
    format: RUN_FORMAT,
    team: JSON.parse(JSON.stringify(given).replaceAll('"7d"', '"no time"')),
    input: inline(null),
    settings: {
      heartbeatTimeoutMs: 2000,
      patienceMs: 60_000,
      maxHistoryEvents: 2000,
      searchAttributes: false,
    },
  };
  return bench.environment.client.workflow.start(WORKFLOW_TYPES.team, {
    taskQueue: bench.taskQueue,
    workflowId: `unchecked-${given.name}-${bench.taskQueue}`,
    args: [input],
  });
}

/** The workflows of a build that prepares a run by another activity. */
function otherCode(): { readonly code: string } {
  const code = readFileSync(workflowBundle().codePath, 'utf8');
  const changed = code.replaceAll(/\bprepareRun\b/g, 'prepareOtherwise');
  expect(changed).not.toBe(code);
  return { code: changed };
}

async function said(code: number, ...args: readonly string[]): Promise<string> {
  const command = baton(args, {
    env: { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: bench.folder },
  });
  expect(await command.ended).toBe(code);
  return command.stdout() + command.stderr();
}

test('a mistake in workflow code fails the run by its name, and no task of it is tried for ever', async () => {
  const worker = await bench.startWorker(means);
  const run = await startUnchecked(team('mistaken', on('never', { timeout: '7d' })));
  await expect(run.result()).rejects.toMatchObject({
    cause: { type: 'RangeError', message: expect.stringContaining('no time') },
  });
  await worker.stop();
});

test('a mistake in workflow code inside a saga: what was done is undone first', async () => {
  const worker = await bench.startWorker(means);
  const root = saga([
    { name: 'flight', do: tool('book', { what: 'flight' }) },
    { name: 'wait', do: on('never', { timeout: '7d' }) },
  ]);
  const run = await startUnchecked(team('mistaken-saga', root));
  await expect(run.result()).rejects.toMatchObject({
    cause: { type: 'SagaUndone', message: expect.stringContaining('RangeError') },
  });
  expect(desk.done).toEqual(['book flight', 'cancel flight']);
  await worker.stop();
});

test('code that does not fit a history fails no run: it is told as stuck, and goes on once the code is put back', async () => {
  const clerk = agent({ name: 'clerk', instructions: 'Answer.' });
  const own = await bench.startWorker(means);
  const { run } = await client.start(team('put-back', pipeline([on('go'), clerk])), null);
  await until(async () => (await client.view(run)).nodes.some(({ state }) => state === 'waiting'));
  expect(await client.describe(run)).not.toHaveProperty('stuck');
  await own.stop();

  const other = await bench.startWorker({ ...means, workflowBundle: otherCode() });
  await client.emit(run, 'go', { payload: null, options: { via: 'signal' } });
  await until(async () => (await client.describe(run)).stuck !== undefined);
  expect(await client.describe(run)).toMatchObject({
    state: 'running',
    stuck: { why: expect.stringContaining('does not fit its history') },
  });
  const listed = await said(EXIT.ok, 'list', '--team', 'put-back');
  expect(listed).toMatch(new RegExp(`${run}  stuck`));
  expect(listed).toContain("the worker's code does not fit its history");
  const [entry] = JSON.parse(await said(EXIT.ok, 'list', '--team', 'put-back', '--json')).runs;
  expect(entry).toMatchObject({ run, state: 'running', stuck: { attempts: expect.any(Number) } });
  for (const once of [[], ['--once']]) {
    const watched = await said(EXIT.notReady, 'watch', run, ...once);
    expect(watched).toContain('RunStuck');
    expect(watched).toContain('of the build that it began with');
  }
  await other.stop();

  const back = await bench.startWorker(means);
  expect(await client.result(run)).toMatchObject({ output: 'clerk says it' });
  expect(asked).toEqual(['clerk']);
  expect(await said(EXIT.ok, 'list', '--team', 'put-back')).not.toContain('stuck');
  await back.stop();
}, 60_000);
