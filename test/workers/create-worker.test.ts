import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import { failure, failureType } from '../../src/contract/fail';
import { MAX_PAYLOAD_BYTES } from '../../src/contract/limits';
import { inline } from '../../src/contract/value';
import { oneModel } from '../../src/models/models';
import { modelsFromEnvironment } from '../../src/models/models-from-environment';
import type { ModelProvider } from '../../src/models/provider';
import { scripted } from '../../src/models/scripted';
import { text, toolCall, toolCalls } from '../../src/models/scripted-reply';
import { startModelServer } from '../../src/testing/model-server';
import { testTool } from './test-tool';
import { openWorkerBench, type WorkerBench } from './worker-bench';

const AGENT_ROOT = { kind: 'agent', agent: 'writer' };
const WRITER = { instructions: 'Write.' };

let bench: WorkerBench;
beforeEach(async () => {
  bench = await openWorkerBench();
});
afterEach(() => bench.close());

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a worker of every role', () => {
  test('runs an agent with tools from its first turn to its answer', async () => {
    const provider = scripted([
      toolCalls({ name: 'upper', args: { text: 'a' } }, { name: 'upper', args: { text: 'b' } }),
      text('A and B'),
    ]);
    const upper = testTool({ name: 'upper', run: async (args) => String(args.text).toUpperCase() });
    await bench.startWorker({ models: oneModel(provider), tools: [upper] });
    const run = await bench.startRun(
      { name: 'team', agents: { writer: { ...WRITER, tools: ['upper'] } }, root: AGENT_ROOT },
      'go',
    );
    expect((await run.result()).output).toEqual(inline('A and B'));
    expect(provider.requests[1]?.messages.at(-1)?.content).toEqual([
      expect.objectContaining({ type: 'toolResult', content: 'A', isError: false }),
      expect.objectContaining({ type: 'toolResult', content: 'B', isError: false }),
    ]);
  });

  test('runs a packed agent in one activity', async () => {
    const provider = scripted([toolCall('upper', { text: 'a' }), text('A')]);
    const upper = testTool({ name: 'upper', run: async (args) => String(args.text).toUpperCase() });
    await bench.startWorker({ models: oneModel(provider), tools: [upper] });
    const run = await bench.startRun(
      { name: 'team', agents: { writer: { ...WRITER, tools: ['upper'], mode: 'packed' } }, root: AGENT_ROOT },
      'go',
    );
    expect((await run.result()).output).toEqual(inline('A'));
    const { events } = await run.fetchHistory();
    const types = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    );
    expect(types).toEqual(['prepareRun', 'runPackedAgent']);
  });
});

test('a packed agent that is retried goes on from its last journaled call', async () => {
  const provider = scripted([
    toolCall('upper', { text: 'a' }),
    failure('ModelOverloaded', 'busy for a moment'),
    text('A'),
  ]);
  let runs = 0;
  const upper = testTool({
    name: 'upper',
    run: async () => {
      runs += 1;
      return 'A';
    },
  });
  await bench.startWorker({ models: oneModel(provider), tools: [upper] });
  const run = await bench.startRun(
    { name: 'team', agents: { writer: { ...WRITER, tools: ['upper'], mode: 'packed' } }, root: AGENT_ROOT },
    'go',
  );
  expect((await run.result()).output).toEqual(inline('A'));
  expect(runs).toBe(1);
  const keys = provider.requests.map((request) => request.callKey);
  expect(keys).toHaveLength(3);
  expect(keys[1]).toBe(keys[2]);
});

test('with a build id a run is pinned to its build', async () => {
  const deploymentName = `deployment-${randomUUID()}`;
  await bench.startWorker({ models: oneModel(scripted([text('ok')])), buildId: 'one', deploymentName });
  const { workflowService } = bench.environment.client;
  const namespace = bench.environment.namespace ?? 'default';
  // Refused until the server has seen the worker poll.
  await until('the build to be current', () =>
    workflowService
      .setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId: 'one', identity: 'test' })
      .then(
        () => true,
        () => false,
      ),
  );
  const run = await bench.startRun({ name: 'team', agents: { writer: WRITER }, root: AGENT_ROOT }, 'go');
  expect((await run.result()).output).toEqual(inline('ok'));
  const { raw } = await run.describe();
  expect(raw.workflowExecutionInfo?.versioningInfo).toMatchObject({
    behavior: temporal.api.enums.v1.VersioningBehavior.VERSIONING_BEHAVIOR_PINNED,
    deploymentVersion: { buildId: 'one', deploymentName },
  });
});

test('workers of one role each: every call goes to its own queue, a local tool stays with the workflow', async () => {
  const provider = scripted([
    toolCalls({ name: 'remote', args: { text: 'a' } }, { name: 'near', args: { text: 'b' } }),
    text('done'),
  ]);
  const tools = [
    testTool({ name: 'remote', run: async () => 'remote result' }),
    testTool({ name: 'near', local: true, timeoutMs: 1000, run: async () => 'near result' }),
  ];
  const models = oneModel(provider);
  for (const role of ['orchestration', 'models', 'tools'] as const)
    await bench.startWorker({ role, models, tools });
  const run = await bench.startRun(
    { name: 'team', agents: { writer: { ...WRITER, tools: ['remote', 'near'] } }, root: AGENT_ROOT },
    'go',
    { modelsQueue: `${bench.taskQueue}-models`, toolsQueue: `${bench.taskQueue}-tools` },
  );
  expect((await run.result()).output).toEqual(inline('done'));
  const { events } = await run.fetchHistory();
  const queues = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled == null ? [] : [`${scheduled.activityType?.name} ${scheduled.taskQueue?.name}`],
  );
  expect(queues).toEqual([
    `prepareRun ${bench.taskQueue}`,
    `callModel ${bench.taskQueue}-models`,
    `remote ${bench.taskQueue}-tools`,
    `near ${bench.taskQueue}`,
    `callModel ${bench.taskQueue}-models`,
  ]);
});

test('a model call that was journaled but not reported is not made again', async () => {
  const provider = scripted([text('paid once')]);
  const { journal } = bench.store;
  let lost = 0;
  // The worker dies, as far as Temporal can tell, right after the journal has the reply.
  const losingStore = {
    ...bench.store,
    journal: {
      find: journal.find.bind(journal),
      lease: journal.lease.bind(journal),
      intend: journal.intend.bind(journal),
      sent: journal.sent.bind(journal),
      unsent: journal.unsent.bind(journal),
      record: async (...args: Parameters<typeof journal.record>) => {
        const kept = await journal.record(...args);
        // The run's charter, which is written when it begins, is no reply.
        if (provider.requests.length === 0) return kept;
        lost += 1;
        if (lost === 1) throw new Error('the connection to the server is gone');
        return kept;
      },
    },
  };
  await bench.startWorker({ models: oneModel(provider), store: losingStore });
  const run = await bench.startRun({ name: 'team', agents: { writer: WRITER }, root: AGENT_ROOT }, 'go');
  expect((await run.result()).output).toEqual(inline('paid once'));
  expect(lost).toBe(1);
  expect(provider.requests).toHaveLength(1);
});

test.each(['stepwise', 'packed'])(
  'cancelling a run closes the socket to the provider within a second: %s',
  async (mode) => {
    const server = await startModelServer({ reply: () => text('too late'), latencyMs: 60_000 });
    try {
      await bench.startWorker({ models: modelsFromEnvironment({ ANTHROPIC_BASE_URL: server.url }) });
      const run = await bench.startRun(
        { name: 'team', agents: { writer: { ...WRITER, mode } }, root: AGENT_ROOT },
        'go',
      );
      await until('the call', () => server.calls()[0]?.outcome === 'running');
      const cancelledAt = Date.now();
      await run.cancel();
      await until('the hang-up', () => server.calls()[0]?.outcome === 'closed-by-client');
      expect(Date.now() - cancelledAt).toBeLessThan(1000);
      await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect(server.calls()).toHaveLength(1);
    } finally {
      await server.close();
    }
  },
);

test('an oversized result fails its run once, instead of being retried for ever', async () => {
  let asked = 0;
  const calls = Array.from({ length: 1200 }, () => ({ name: 'upper', args: { text: 'x'.repeat(1000) } }));
  const inner = scripted(() => toolCalls(...calls));
  const provider: ModelProvider = {
    name: 'talkative',
    call: (request, context) => {
      asked += 1;
      return inner.call(request, context);
    },
  };
  expect(JSON.stringify(calls).length).toBeGreaterThan(MAX_PAYLOAD_BYTES);
  await bench.startWorker({
    models: oneModel(provider),
    tools: [testTool({ name: 'upper', run: async () => 1 })],
  });
  const run = await bench.startRun(
    { name: 'team', agents: { writer: { ...WRITER, tools: ['upper'] } }, root: AGENT_ROOT },
    'go',
  );
  const error = await run.result().catch((failed: unknown) => failed);
  expect(failureType(error)).toBe('ValueTooLarge');
  expect(asked).toBe(1);
});

test('two tools of one name are refused before the worker starts', async () => {
  const twins = [1, 2].map((answer) => testTool({ name: 'twin', run: async () => answer }));
  await expect(bench.startWorker({ models: oneModel(scripted([])), tools: twins })).rejects.toMatchObject({
    type: 'InvalidInput',
    message: expect.stringContaining('"twin"'),
  });
});
