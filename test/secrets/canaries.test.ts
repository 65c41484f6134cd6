import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { logLine } from '../../src/cli/session/worker-log';
import { connect } from '../../src/client/connect';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import { oneModel } from '../../src/models/models';
import { createRedactor, type Redactor, redactorFor } from '../../src/secrets/redactor';
import { freePort } from '../../src/server/free-port';
import { createTestEnvironment } from '../../src/testing/environment';
import { startModelServer } from '../../src/testing/model-server';
import { openStore } from '../../src/threads/open-store';
import { createBatonWorker } from '../../src/workers/create-worker';
import { bytesOf, historiesOf } from '../client/history-bytes';
import { sharedServer } from '../setup/shared-server';
import { workflowBundle } from '../setup/workflow-bundle';
import { filesIn } from '../threads/store-folder';
import { CANARY_VARIABLES, type Canaries, leakyPlace } from './canary-teams';
import { placesOf } from './clear-text';

const canaries = Object.fromEntries(
  CANARY_VARIABLES.map((name) => [name, `canary${randomBytes(12).toString('hex')}`]),
) as Canaries;

/** The runtime of the worker to come: it ends with the worker, and so do its log and metrics. */
async function listenTo(
  redactor: Redactor,
): Promise<{ readonly logged: readonly string[]; metrics(): Promise<string> }> {
  const logged: string[] = [];
  const bindAddress = `127.0.0.1:${await freePort(0)}`;
  Runtime.install({
    logger: new DefaultLogger('DEBUG', (entry) => logged.push(redactor.line(logLine(entry)))),
    telemetryOptions: {
      logging: { filter: { core: 'INFO', other: 'INFO' }, forward: {} },
      metrics: { prometheus: { bindAddress } },
    },
  });
  return { logged, metrics: async () => (await fetch(`http://${bindAddress}/metrics`)).text() };
}

/** Runs every leaky team and returns what anybody could read afterwards, wherever it is. */
async function afterwards(
  redactor: Redactor,
): Promise<{ readonly rest: readonly Buffer[]; readonly logged: string; readonly failed: number }> {
  const { logged, metrics } = await listenTo(redactor);
  const environment = await createTestEnvironment();
  const folder = mkdtempSync(path.join(tmpdir(), 'baton-canaries-'));
  const gateway = await startModelServer({
    reply: () => {
      const message = `invalid x-api-key: ${canaries.ANTHROPIC_API_KEY}`;
      return { error: { status: 401, type: 'authentication_error', message } };
    },
  });
  const echoing = anthropicProvider({ apiKey: canaries.ANTHROPIC_API_KEY, baseURL: gateway.url });
  const { tools, provider, embedder, teams } = leakyPlace(canaries, echoing);
  const taskQueue = `canaries-${randomUUID()}`;
  const worker = await createBatonWorker({
    connection: environment.nativeConnection,
    namespace: environment.namespace ?? 'default',
    taskQueue,
    workflowBundle: workflowBundle(),
    models: oneModel(provider),
    tools,
    embedder,
    redactor,
    ...openStore({ folder }),
  });
  const running = worker.run();
  const { address } = sharedServer();
  const client = await connect({ address, taskQueue, store: { folder } });
  const told: string[] = [];
  let failed = 0;
  try {
    const runs = await Promise.all(teams.map(async (team) => (await client.start(team, 'go')).run));
    await Promise.all(
      runs.map(async (run) => {
        for await (const view of client.watch(run)) {
          told.push(JSON.stringify(view));
          // An effect that may have taken place asks a person.
          for (const approval of view.approvals.filter(({ decision }) => decision === undefined))
            await client
              .decide(
                {
                  approval: approval.id,
                  hash: approval.hash,
                  verdict: 'deny',
                  by: approval.approvers[0] ?? 'ann',
                },
                { run },
              )
              .catch((error: unknown) => told.push(String(error)));
        }
        await client.result(run).then(
          (result) => told.push(JSON.stringify(result)),
          (error: Error) => {
            failed += 1;
            told.push(`${error.stack} ${JSON.stringify(error)}`);
          },
        );
        told.push(JSON.stringify(await client.describe(run)));
      }),
    );
    const histories = (await Promise.all(runs.map((run) => historiesOf(client, run)))).flat();
    const { temporal, namespace } = client.context;
    for (const { workflowId } of histories)
      told.push(
        JSON.stringify(
          await temporal.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
        ),
      );
    told.push(await metrics());
    const files = filesIn(folder).map(({ file }) => readFileSync(file));
    return {
      rest: [bytesOf(histories), ...files, ...[...told, ...logged].map((text) => Buffer.from(text))],
      logged: logged.join('\n'),
      failed,
    };
  } finally {
    worker.shutdown();
    await running;
    await client.close();
    await gateway.close();
    await environment.teardown();
    rmSync(folder, { recursive: true, force: true });
  }
}

function found(rest: readonly Buffer[]): string[] {
  return CANARY_VARIABLES.filter((name) => placesOf(canaries[name], rest).length > 0);
}

describe("a worker's secrets", () => {
  test('twenty canaries that models, tools and errors give away: are in no store, history, view, failure, log or metric', async () => {
    const { rest, logged, failed } = await afterwards(redactorFor(canaries));
    expect(failed).toBeGreaterThan(5);
    expect(logged).toContain('[secret]');
    expect(CANARY_VARIABLES.flatMap((name) => placesOf(canaries[name], rest))).toEqual([]);
  }, 120_000);

  test('without the redactor: the same search finds the same twenty in what the same teams leave', async () => {
    const { rest } = await afterwards(createRedactor([]));
    expect(found(rest)).toEqual([...CANARY_VARIABLES]);
  }, 120_000);
});
