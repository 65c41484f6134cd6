import { randomUUID } from 'node:crypto';
import type { BatonError } from '../../src/client/baton-error';
import { type BatonClient, connect } from '../../src/client/connect';
import { MAX_INPUT_BYTES, MAX_TEAM_BYTES } from '../../src/contract/limits';
import type { RunView } from '../../src/contract/run/view';
import { oneModel } from '../../src/models/models';
import { scripted } from '../../src/models/scripted';
import { text } from '../../src/models/scripted-reply';
import { readTestServers } from '../../src/testing/test-servers';
import { openStore } from '../../src/threads/open-store';
import { openWorkerBench, type WorkerBench } from '../workers/worker-bench';

const WRITER = { writer: { instructions: 'Write.' } };
const WRITE = { kind: 'agent', agent: 'writer' };
const ASK = {
  kind: 'approve',
  question: 'Publish?',
  approvers: ['ann'],
  deadline: '1h',
  whenUnanswered: 'deny',
};
const LINEAR = { name: 'linear', agents: WRITER, root: WRITE };
const ASKING = { name: 'asking', agents: WRITER, root: { kind: 'pipeline', steps: [WRITE, ASK] } };

let bench: WorkerBench;
let client: BatonClient;

beforeAll(async () => {
  bench = await openWorkerBench();
  client = await connect({ address: address(), taskQueue: bench.taskQueue, store: { folder: bench.folder } });
  const models = oneModel(scripted((request) => text(`${request.agent} answers ${request.messages.length}`)));
  const { dataConverter } = openStore({ folder: bench.folder });
  await bench.startWorker({ models, dataConverter });
});
afterAll(async () => {
  await client.close();
  await bench.close();
});

function address(): string {
  const servers = readTestServers();
  if (servers === undefined) throw new Error('the test run has no server');
  return servers.address;
}

/** The error that something throws, by its type and the run it names. */
async function errorOf(work: Promise<unknown>): Promise<Pick<BatonError, 'type' | 'message' | 'run'>> {
  return work.then(
    () => Promise.reject(new Error('it was expected to fail')),
    (error: BatonError) => ({ type: error.type, message: error.message, run: error.run }),
  );
}

/** The first view of a run in which something waits for a person. */
async function waiting(run: string): Promise<RunView> {
  for await (const view of client.watch(run))
    if (view.approvals.some((each) => each.decision === undefined)) return view;
  throw new Error(`${run} ended without a question`);
}

describe('start, watch and result', () => {
  test('a run is started, watched to its end, and its result read', async () => {
    const { run } = await client.start(LINEAR, 'go', { tenant: 'acme' });
    expect(run).toMatch(/^linear-[0-9a-f]{8}$/);
    const views: RunView[] = [];
    for await (const view of client.watch(run)) views.push(view);
    expect(views.at(-1)).toMatchObject({ run, state: 'done' });
    expect(await client.result(run)).toMatchObject({
      run,
      state: 'done',
      output: 'writer answers 1',
      missing: [],
      usage: { calls: 1 },
    });
  });

  test('Temporal gets the memo, the search attributes and no timeout', async () => {
    const { run } = await client.start({ ...LINEAR, version: '7', description: 'Writes.' }, 'go', {
      tenant: 'acme',
    });
    await client.result(run);
    const info = await client.context.temporal.workflow.getHandle(run).describe();
    expect(info.memo).toEqual({ team: 'linear', version: '7', description: 'Writes.' });
    expect(info.searchAttributes).toMatchObject({
      BatonTeam: ['linear'],
      BatonRun: [run],
      BatonTenant: ['acme'],
      BatonState: ['done'],
    });
    expect(await info.staticSummary()).toBe('linear 7');
    const { executionConfig } = info.raw;
    expect(Number(executionConfig?.workflowExecutionTimeout?.seconds ?? 0)).toBe(0);
    expect(Number(executionConfig?.workflowRunTimeout?.seconds ?? 0)).toBe(0);
  });

  test('a large input and a large output travel by reference and come back whole', async () => {
    const large = 'word '.repeat(200_000);
    const asked = { ...ASKING, name: 'echo', agents: {}, root: { ...ASK, approvers: [] } };
    const { run } = await client.start(asked, large);
    const [approval] = (await waiting(run)).approvals;
    await client.decide(
      { approval: approval?.id ?? '', hash: approval?.hash ?? '', verdict: 'approve', by: 'ann' },
      { run },
    );
    expect((await client.result(run)).output).toBe(large);
    const { historyBytes } = await client.describe(run);
    expect(historyBytes).toBeLessThan(50_000);
  });

  test('a run whose child has a history of its own shows the child’s steps', async () => {
    const deep = { kind: 'pipeline', steps: [WRITE, WRITE], isolated: true };
    const team = { name: 'deep', agents: WRITER, root: { kind: 'pipeline', steps: [WRITE, deep] } };
    const { run } = await client.start(team, 'go');
    await client.result(run);
    const view = await client.view(run);
    expect(view.nodes.map(({ path, state }) => `${path} ${state}`)).toEqual([
      'root done',
      'root/pipeline:0 done',
      'root/pipeline:1 done',
      'root/pipeline:1/pipeline:0 done',
      'root/pipeline:1/pipeline:1 done',
    ]);
    expect(view.usage.calls).toBe(3);
    expect(view.nodes.find(({ path }) => path === 'root/pipeline:1')?.usage.calls).toBe(2);
  });

  test('a failed run throws its failure: type, message, remedy', async () => {
    const { run } = await client.start(
      { name: 'broken', root: { kind: 'tool', tool: 'nowhere', args: {} } },
      null,
    );
    const error = await client.result(run).catch((each: unknown) => each);
    expect(error).toMatchObject({
      name: 'BatonError',
      type: 'UnknownTool',
      run,
      message: expect.stringContaining('nowhere'),
      remedy: expect.stringContaining('Register the tool'),
    });
  });
});

describe('bad input', () => {
  test('a broken team is refused with every mistake, before the server is asked', async () => {
    const team = { name: 'broken', agents: WRITER, root: { kind: 'agent', agent: 'nobody' }, extra: 1 };
    const error = await errorOf(client.start(team, null));
    expect(error.type).toBe('InvalidTeam');
    expect(error.message).toContain('nobody');
    expect(error.message).toContain('extra');
  });

  test('an oversized team and an oversized input are refused with the limit', async () => {
    const instructions = 'x'.repeat(90_000);
    const names = Array.from(
      { length: Math.ceil(MAX_TEAM_BYTES / 90_000) + 1 },
      (_, index) => `agent${index}`,
    );
    const team = {
      name: 'large',
      agents: Object.fromEntries(names.map((name) => [name, { instructions }])),
      root: { kind: 'pipeline', steps: names.map((agent) => ({ kind: 'agent', agent })) },
    };
    expect(await errorOf(client.start(team, null))).toMatchObject({ type: 'InvalidTeam' });
    const error = await errorOf(client.start(LINEAR, 'x'.repeat(MAX_INPUT_BYTES)));
    expect(error).toMatchObject({ type: 'InvalidInput', message: expect.stringContaining('32.0 MiB') });
  });

  test('a run id that is taken is refused, also once that run is over', async () => {
    const runId = `taken-${randomUUID()}`;
    await client.start(LINEAR, 'go', { runId });
    await client.result(runId);
    expect(await errorOf(client.start(LINEAR, 'go', { runId }))).toMatchObject({
      type: 'RunExists',
      run: runId,
    });
  });

  test('an unknown run is named by every verb', async () => {
    const run = 'no-such-run';
    const all = [
      () => client.view(run),
      () => client.result(run),
      () => client.describe(run),
      () => client.cancel(run),
      () => client.approvals({ run }),
      () => client.watch(run).next(),
    ];
    for (const ask of all) expect(await errorOf(ask())).toMatchObject({ type: 'RunNotFound', run });
  });

  test('a dead server is told by its address', async () => {
    const error = await errorOf(connect({ address: '127.0.0.1:1' }));
    expect(error).toMatchObject({
      type: 'TemporalUnreachable',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });

  test('a run that no worker serves says so, and how to start one', async () => {
    const lonely = await connect({
      address: address(),
      taskQueue: `nobody-${randomUUID()}`,
      store: { folder: bench.folder },
    });
    try {
      const { run } = await lonely.start(LINEAR, 'go');
      expect(await lonely.hasWorker()).toBe(false);
      const error = await lonely.view(run).catch((each: unknown) => each);
      expect(error).toMatchObject({ type: 'NoWorker', run, remedy: expect.stringContaining('baton worker') });
      await lonely.context.temporal.workflow.getHandle(run).terminate();
    } finally {
      await lonely.close();
    }
  });
});

describe('decisions', () => {
  test('the inbox finds a question of any run, and a decision lets it go on', async () => {
    const { run } = await client.start(ASKING, 'go');
    const id = (await waiting(run)).approvals[0]?.id ?? '';
    const approval = await client.approval(id);
    expect(approval).toMatchObject({
      run,
      workflow: run,
      team: 'asking',
      question: 'Publish?',
      approvers: ['ann'],
    });
    expect((await client.approvals()).map((each) => each.id)).toContain(id);
    await client.decide({ approval: id, hash: approval.hash, verdict: 'approve', by: 'ann', reason: 'fine' });
    expect(await client.result(run)).toMatchObject({ state: 'done' });
    const { approvals } = await client.view(run);
    expect(approvals[0]?.decision).toMatchObject({
      verdict: 'approve',
      by: 'ann',
      reason: 'fine',
      via: 'update',
    });
  });

  test('a question of a child is found and decided in the child', async () => {
    const root = { kind: 'pipeline', steps: [WRITE, { ...ASK, isolated: true }] };
    const { run } = await client.start({ ...ASKING, root }, 'go');
    const [approval] = await waiting(run).then(() => client.approvals({ run }));
    expect(approval?.workflow).not.toBe(run);
    expect(approval?.run).toBe(run);
    await client.decide(
      { approval: approval?.id ?? '', hash: approval?.hash ?? '', verdict: 'approve', by: 'ann' },
      { run },
    );
    expect(await client.result(run)).toMatchObject({ state: 'done' });
  });

  test('a wrong approver, a stale hash and a second decision are refused with the run’s own words', async () => {
    const { run } = await client.start(ASKING, 'go');
    const { id = '', hash = '' } = (await waiting(run)).approvals[0] ?? {};
    const decision = { approval: id, hash, verdict: 'deny', by: 'ann' } as const;
    expect(await errorOf(client.decide({ ...decision, by: 'mallory' }, { run }))).toMatchObject({
      type: 'DecisionRefused',
      message: expect.stringContaining('Those who may: ann'),
    });
    expect(await errorOf(client.decide({ ...decision, hash: '0'.repeat(64) }, { run }))).toMatchObject({
      type: 'DecisionRefused',
      message: expect.stringContaining('hash'),
    });
    await client.decide(decision, { run });
    expect(await errorOf(client.result(run))).toMatchObject({ type: 'ApprovalDenied', run });
    expect(await errorOf(client.decide(decision, { run }))).toMatchObject({
      type: 'DecisionRefused',
      message: expect.stringContaining('denied already, by ann'),
    });
  });

  test('a signal decides too', async () => {
    const { run } = await client.start(ASKING, 'go');
    const { id = '', hash = '' } = (await waiting(run)).approvals[0] ?? {};
    await client.decide({ approval: id, hash, verdict: 'approve', by: 'ann' }, { run, via: 'signal' });
    await client.result(run);
    expect((await client.view(run)).approvals[0]?.decision).toMatchObject({ by: 'ann', via: 'signal' });
  });

  test('an approval that nobody asked for is not found', async () => {
    const decision = {
      approval: 'f'.repeat(16),
      hash: '0'.repeat(64),
      verdict: 'approve',
      by: 'ann',
    } as const;
    expect(await errorOf(client.decide(decision))).toMatchObject({ type: 'ApprovalNotFound' });
    expect(await errorOf(client.decide({ ...decision, approval: "x' OR '1'='1" }))).toMatchObject({
      type: 'ApprovalNotFound',
    });
    expect(await errorOf(client.decide({ ...decision, by: '' }))).toMatchObject({ type: 'InvalidInput' });
  });
});

describe('cancel and list', () => {
  test('a cancelled run ends as cancelled, with the reason in its history', async () => {
    const { run } = await client.start(ASKING, 'go');
    await waiting(run);
    await client.cancel(run, 'changed my mind');
    expect(await errorOf(client.result(run))).toMatchObject({ type: 'RunCancelled', run });
    const { events } = await client.context.temporal.workflow.getHandle(run).fetchHistory();
    const asked = (events ?? []).map((event) => event.workflowExecutionCancelRequestedEventAttributes?.cause);
    expect(asked).toContain('changed my mind');
    expect(await errorOf(client.cancel(run))).toMatchObject({ type: 'RunOver', run });
  });

  test('a terminated run is over for those who watch it', async () => {
    const { run } = await client.start(ASKING, 'go');
    await waiting(run);
    await client.context.temporal.workflow.getHandle(run).terminate('by hand');
    const views: RunView[] = [];
    for await (const view of client.watch(run)) views.push(view);
    expect(views.at(-1)?.state).toBe('cancelled');
    expect(await errorOf(client.result(run))).toMatchObject({ type: 'RunTerminated', run });
  });

  test('list tells runs by team and state, and leaves children out', async () => {
    const name = `listed-${randomUUID().slice(0, 8)}`;
    const isolated = { kind: 'pipeline', steps: [{ ...WRITE, isolated: true }] };
    const done = await client.start({ ...LINEAR, name, root: isolated }, 'go');
    const asking = await client.start({ ...ASKING, name }, 'go');
    await client.result(done.run);
    await waiting(asking.run);
    const states = async (): Promise<readonly string[]> =>
      (await client.list({ team: name })).map(({ run, state }) => `${run} ${state}`).sort();
    const expected = [`${asking.run} waiting`, `${done.run} done`].sort();
    await eventually(async () => expect(await states()).toEqual(expected));
    expect((await client.list({ team: name, state: 'waiting' })).map(({ run }) => run)).toEqual([asking.run]);
    expect((await client.list({ team: name, state: 'done' })).map(({ run }) => run)).toEqual([done.run]);
    expect(await client.list({ team: name, limit: 1 })).toHaveLength(1);
    expect(await errorOf(client.list({ team: "x' OR '1'='1" }))).toMatchObject({ type: 'InvalidInput' });
    await client.cancel(asking.run);
  });
});

/** The server's search is a moment behind. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + 8_000; ; await new Promise((wake) => setTimeout(wake, 100))) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
