import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Worker } from '@temporalio/worker';
import { CAUSES, type CutPlace, cutOnce } from '../../scripts/bench/cut-call';
import { type CutModel, openCutModel, QUICK, SLOW } from '../../scripts/bench/cut-model';
import { runSettings } from '../../src/client/run-settings';
import { agent, parallel, team } from '../../src/contract/builders';
import { RUN_FORMAT, type RunResult } from '../../src/contract/run/run';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import { oneModel } from '../../src/models/models';
import { createTestEnvironment } from '../../src/testing/environment';
import { createBatonWorker } from '../../src/workers/create-worker';
import { temporaryStore } from '../activities/calls/call-fixtures';
import { workflowBundle } from '../setup/workflow-bundle';

/** The benchmark `cancel` has the figures; here a busy machine gets some room. */
const WITHIN_MS = 3_000;

describe('a call that is no longer wanted', () => {
  let server: TestWorkflowEnvironment;
  let model: CutModel;
  let worker: Worker;
  let running: Promise<void>;
  let place: CutPlace;

  beforeAll(async () => {
    const taskQueue = `test-${randomUUID()}`;
    server = await createTestEnvironment();
    model = await openCutModel();
    worker = await createBatonWorker({
      connection: server.nativeConnection,
      namespace: server.namespace ?? 'default',
      taskQueue,
      workflowBundle: workflowBundle(),
      store: temporaryStore(),
      models: oneModel(anthropicProvider({ apiKey: 'test', baseURL: model.url })),
      tools: [],
    });
    running = worker.run();
    place = {
      model,
      start: (team, input) =>
        server.client.workflow.start('runTeam', {
          workflowId: `${team.name}-${String(input)}`,
          taskQueue,
          args: [
            {
              format: RUN_FORMAT,
              team,
              input: { inline: input },
              settings: runSettings({ team, profile: 'embedded', taskQueue, searchAttributes: true }),
            },
          ],
        }),
    };
  });

  afterAll(async () => {
    worker.shutdown();
    await running;
    await model.close();
    await server.teardown();
  });

  test.each(Object.entries(CAUSES))(
    '%s: the provider sees the connection closed, and no new request',
    async (_, cause) => {
      const handles: string[] = [];
      const cutMs = await cutOnce(
        {
          ...place,
          start: (team, input) => {
            handles.push(String(input));
            return place.start(team, input);
          },
        },
        cause,
      );
      expect(cutMs).toBeLessThan(WITHIN_MS);
      const [input = ''] = handles;
      await server.client.workflow
        .getHandle(`${cause.team.name}-${input}`)
        .result()
        .catch(() => undefined);
      expect(model.calls(input, 'You').filter(({ outcome }) => outcome === 'running')).toEqual([]);
      expect(model.calls(input, 'take for ever')).toHaveLength(1);
    },
    30_000,
  );

  test('a step whose time is over: gives what its other branches have, names what is missing, and the provider sees the rest closed', async () => {
    const input = randomUUID();
    const slow = (name: string) => agent({ name, instructions: SLOW });
    const quick = (name: string) => agent({ name, instructions: QUICK });
    const late = team(
      'late',
      parallel(
        { a: quick('a'), b: slow('b'), c: quick('c'), d: slow('d') },
        { join: { bestEffort: { atLeast: 0.5, required: [] } }, timeout: '4s' },
      ),
    );
    const handle = await place.start(late, input);
    const result = (await handle.result()) as RunResult;
    expect(result).toMatchObject({
      state: 'partial',
      missing: ['root/parallel:b', 'root/parallel:d'],
      output: { inline: { a: input, c: input } },
    });
    const outcomes = (system: string) => model.calls(input, system).map(({ outcome }) => outcome);
    expect(outcomes(QUICK)).toEqual(['finished', 'finished']);
    expect(outcomes(SLOW)).toEqual(['closed-by-client', 'closed-by-client']);
    // Closed by the time that the run gives its result: nothing is paid for behind its back.
    const { closeTime } = await handle.describe();
    for (const { finishedAt } of model.calls(input, SLOW))
      expect(finishedAt).toBeLessThanOrEqual((closeTime?.getTime() ?? Number.NaN) + 1);
  }, 30_000);
});
