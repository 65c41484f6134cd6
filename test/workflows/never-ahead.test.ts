import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { bundledModules } from '../../scripts/build-bundle';
import { createTestEnvironment } from '../../src/testing/environment';
import { WORKFLOW_INTERCEPTORS } from '../../src/workers/workflow-source';
import { type HoldingProxy, openHoldingProxy } from '../setup/holding-proxy';
import { workflowBundle } from '../setup/workflow-bundle';
import { hasFirst, holdsThread, holdThread, type Outside, tellsApart } from './tells-apart-workflow';

const HELD_MS = 1_000;

describe('a query of an execution that its worker has no longer at hand, while its next event arrives', () => {
  let environment: TestWorkflowEnvironment;
  let proxy: HoldingProxy;
  let connection: NativeConnection;
  beforeAll(async () => {
    environment = await createTestEnvironment();
    proxy = await openHoldingProxy(environment.address);
    connection = await NativeConnection.connect({ address: proxy.address });
  });
  afterAll(async () => {
    await connection.close();
    await proxy.close();
    await environment.teardown();
  });

  /** Why the history of such an execution does not replay, if it does not. */
  async function askedIn(guards: readonly string[]) {
    const taskQueue = `test-${randomUUID()}`;
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: require.resolve('./tells-apart-workflow'),
      workflowInterceptorModules: [...guards],
      logger: new DefaultLogger('ERROR'),
    });
    const waiting = new Map<string, () => void>();
    const activities: Outside = {
      wait: (name) => new Promise((resolve) => void waiting.set(name, resolve)),
      cameAlone: async () => undefined,
      cameWithTheOther: async () => undefined,
    };
    const worker = await Worker.create({
      connection,
      namespace: environment.namespace ?? 'default',
      taskQueue,
      workflowBundle,
      activities,
      maxConcurrentWorkflowTaskExecutions: 2,
      maxConcurrentWorkflowTaskPolls: 2,
      maxCachedWorkflows: 2,
    });
    const run = await worker.runUntil(askedBetween(taskQueue, waiting));
    const history = await run.fetchHistory();
    const misfit = await Worker.runReplayHistory({ workflowBundle }, history, run.workflowId).catch(
      ({ name }: Error) => name,
    );
    return misfit;
  }

  async function askedBetween(taskQueue: string, waiting: Map<string, () => void>) {
    const { workflow } = environment.client;
    const options = () => ({ taskQueue, workflowId: `ahead-${randomUUID()}` });
    const run = await workflow.start(tellsApart, options());
    while (waiting.size < 2) await sleep(10);
    // With these two the worker's cache is full; the first holds its thread while the query is sent to it.
    const [holder, other] = [
      await workflow.start(holdsThread, options()),
      await workflow.start(holdsThread, options()),
    ];
    await sleep(300);
    await holder.signal(holdThread, HELD_MS);
    await sleep(100);
    const fetched = proxy.hold('GetWorkflowExecutionHistory');
    const answered = proxy.hold('RespondQueryTaskCompleted');
    const answer = run.query(hasFirst);
    await fetched.reached;
    // No task of the run is taken before both results are there.
    const polled = proxy.hold('PollWorkflowTaskQueue');
    waiting.get('first')?.();
    await sleep(100);
    fetched.letGo();
    await answered.reached;
    waiting.get('second')?.();
    await sleep(100);
    answered.letGo();
    polled.letGo();
    await expect(answer).resolves.toBe(true);
    await run.result();
    await other.signal(holdThread, 0);
    return run;
  }

  test('is answered, and leaves a history that replays', async () => {
    const guard = require.resolve('../../src/workflows/never-ahead');
    await expect(askedIn([guard])).resolves.toBeUndefined();
  });

  test('without the guard it leaves one that does not', async () => {
    await expect(askedIn([])).resolves.toBe('DeterminismViolationError');
  });
});

test.each(['workflow-bundle.js', 'workflow-bundle-encrypted.js'])(
  "%s, the workers' own, has the guard and what makes a cancellation of a failure",
  async (bundle) => {
    const modules = bundledModules(await readFile(workflowBundle(bundle).codePath, 'utf8'));
    for (const name of WORKFLOW_INTERCEPTORS)
      expect(modules).toContainEqual(expect.stringMatching(new RegExp(`/workflows/${name}\\.ts$`)));
  },
);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
