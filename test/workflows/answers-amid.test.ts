import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { createTestEnvironment } from '../../src/testing/environment';
import { act, answersAmid, begin, type Outside, slowAnswer } from './answers-amid-workflow';

const ANSWER_MS = 300;
/** Longer than the answer: the local activity comes back in the next task. */
const QUICK_MS = 900;

describe('a query that a task carries, while a local activity of it is under way', () => {
  let environment: TestWorkflowEnvironment;
  beforeAll(async () => {
    environment = await createTestEnvironment();
  });
  afterAll(() => environment.teardown());

  /** Why the history of such an execution does not replay, if it does not. */
  async function asked() {
    const taskQueue = `test-${randomUUID()}`;
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: require.resolve('./answers-amid-workflow'),
      logger: new DefaultLogger('ERROR'),
    });
    let goOn = (): void => undefined;
    const begun = new Set<string>();
    const activities: Outside = {
      first: () => {
        begun.add('first');
        return new Promise((resolve) => {
          goOn = resolve;
        });
      },
      quick: async () => {
        begun.add('quick');
        await sleep(QUICK_MS);
      },
      afterSignal: async () => undefined,
      afterQuick: async () => undefined,
    };
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      namespace: environment.namespace ?? 'default',
      taskQueue,
      workflowBundle,
      activities,
    });
    const { workflow } = environment.client;
    const run = await worker.runUntil(async () => {
      const started = await workflow.start(answersAmid, { taskQueue, workflowId: `amid-${randomUUID()}` });
      await until(() => begun.has('first'));
      // Both wait for the next task, since this one is under way.
      await started.signal(begin);
      const answer = started.query(slowAnswer, ANSWER_MS);
      await sleep(100);
      goOn();
      await until(() => begun.has('quick'));
      await started.signal(act);
      await expect(answer).resolves.toBe('answered');
      await started.result();
      return started;
    });
    const history = await run.fetchHistory();
    const misfit = await Worker.runReplayHistory({ workflowBundle }, history, run.workflowId).catch(
      ({ name }: Error) => name,
    );
    return misfit;
  }

  test('that comes back in the next task, behind a signal of that: its history replays', async () => {
    await expect(asked()).resolves.toBeUndefined();
  });
});

async function until(met: () => boolean): Promise<void> {
  while (!met()) await sleep(5);
}
