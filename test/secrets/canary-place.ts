import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { auditLines } from '../../src/cli/audit/audit-lines';
import { auditRun } from '../../src/cli/audit/audit-run';
import { logLine } from '../../src/cli/session/worker-log';
import { type BatonClient, connect } from '../../src/client/connect';
import { histories } from '../../src/client/histories';
import { agent, pipeline, team } from '../../src/contract/builders';
import { runOf } from '../../src/contract/names';
import type { RunView } from '../../src/contract/run/view';
import { anthropicProvider } from '../../src/models/anthropic/anthropic-provider';
import { oneModel } from '../../src/models/models';
import type { Redactor } from '../../src/secrets/redactor';
import { freePort } from '../../src/server/free-port';
import { createTestEnvironment } from '../../src/testing/environment';
import { startModelServer } from '../../src/testing/model-server';
import { openStore } from '../../src/threads/open-store';
import { httpTools } from '../../src/tools/http/http-tools';
import { DIRECT } from '../../src/tools/http/pinned-exchange';
import { stateTools } from '../../src/tools/state-tools';
import { createBatonWorker } from '../../src/workers/create-worker';
import { replayNotes } from '../../src/workers/replay-notes';
import { bytesOf, historiesOf } from '../client/history-bytes';
import { sharedServer } from '../setup/shared-server';
import { workflowBundle } from '../setup/workflow-bundle';
import { filesIn } from '../threads/store-folder';
import { type Canaries, leakyPlace } from './canary-teams';

/** Places where anybody could read what runs left. */
const PLACES = [
  'store',
  'histories',
  'views',
  'outcomes',
  'failures',
  'questions',
  'notices',
  'dead letters',
  'audit',
  'session',
  'log',
  'memo, search attributes and registry',
  'metrics',
] as const;
export type Place = (typeof PLACES)[number];
export type Left = Readonly<Record<Place, readonly Buffer[]>>;

export interface Afterwards {
  readonly left: Left;
  /** How each branch of the teams with every pattern ended, by its name. */
  readonly ended: Readonly<Record<string, string>>;
}

/** Runs every leaky team on a worker with this redactor, and returns all that it left. */
export async function leftBy(redactor: Redactor, canaries: Canaries): Promise<Afterwards> {
  const ended: Record<string, string> = {};
  const left = Object.fromEntries(PLACES.map((place) => [place, [] as Buffer[]])) as Record<Place, Buffer[]>;
  const keep = (place: Place, what: unknown): void => {
    left[place].push(Buffer.from(typeof what === 'string' ? what : JSON.stringify(what)));
  };
  const metrics = await listenTo((line) => keep('log', redactor.line(line)));
  const leaky = await openLeakyPlace({ redactor, canaries, onNotice: (notice) => keep('notices', notice) });
  const { client, folder, teams } = leaky;
  try {
    await client.agents.register({ known: { instructions: 'You are known.' } }, { now: true });
    const input = { list: ['one', 'two'] };
    // All at once would leave a slow machine no time to answer.
    const runs: string[] = [];
    for (let first = 0; first < teams.length; first += CONCURRENT_RUNS)
      await Promise.all(
        teams.slice(first, first + CONCURRENT_RUNS).map(async (each) => {
          const { run } = await client.start(each, input, { notify: true });
          runs.push(run);
          const last = await followed(client, run, keep);
          if (each.name.startsWith('patterns')) Object.assign(ended, endsOf(last));
        }),
      );
    // What the first run of it had kept is found by the second.
    const cached = teams.filter(({ name }) => name === 'cached');
    for (const each of cached) await client.result((await client.start(each, input)).run);
    const session = await client.openSession(
      team('talk', pipeline([agent({ name: 'blab', instructions: 'Talk.' })])),
    );
    keep('session', await session.say('hello'));
    keep('session', await session.history());
    await session.close();
    keep('dead letters', await client.failed({ limit: 100 }));
    const found = (await Promise.all([...runs, session.id].map((run) => historiesOf(client, run)))).flat();
    left.histories.push(bytesOf(found));
    const { temporal, namespace } = client.context;
    for (const { workflowId } of found)
      keep(
        'memo, search attributes and registry',
        await temporal.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
      );
    keep('memo, search attributes and registry', await client.agents.list());
    const { store, dataConverter } = openStore({ folder });
    const audited = runs.filter((run) => run.startsWith('patterns'));
    const told = await Promise.all(audited.map((run) => histories(client.context, run)));
    const replayed = await replayNotes(told.flat(), dataConverter);
    for (const run of audited) {
      const audit = await auditRun(
        replayed.filter(({ workflow }) => runOf(workflow) === run),
        store,
      );
      keep('audit', audit);
      keep('audit', auditLines(audit, true).join('\n'));
    }
    keep('metrics', await metrics());
    left.store.push(...filesIn(folder).map(({ file }) => readFileSync(file)));
    return { left, ended };
  } finally {
    await leaky.close();
  }
}

const CONCURRENT_RUNS = 4;

type Keep = (place: Place, what: unknown) => void;

/** Watches a run to its end, says no to all that it asks, and keeps what it shows. */
async function followed(client: BatonClient, run: string, keep: Keep): Promise<RunView | undefined> {
  let last: RunView | undefined;
  for await (const view of client.watch(run)) {
    last = view;
    keep('views', view);
    await denied(client, run, view, keep);
  }
  await client.result(run).then(
    (result) => keep('outcomes', result),
    (error: Error) => keep('failures', `${error.stack} ${JSON.stringify(error)}`),
  );
  keep('memo, search attributes and registry', await client.describe(run));
  return last;
}

function endsOf(view: RunView | undefined): Readonly<Record<string, string>> {
  const branches = (view?.nodes ?? []).flatMap(({ path: step, state }) => {
    const [, branch] = /^root\/parallel:(\w+)$/.exec(step) ?? [];
    return branch === undefined ? [] : [[branch, state] as const];
  });
  return Object.fromEntries(branches);
}

async function denied(client: BatonClient, run: string, view: RunView, keep: Keep): Promise<void> {
  for (const approval of view.approvals.filter(({ decision }) => decision === undefined)) {
    keep('questions', approval);
    const { id, hash, approvers } = approval;
    await client
      .decide({ approval: id, hash, verdict: 'deny', by: approvers[0] ?? 'ann' }, { run })
      .catch((error: unknown) => keep('failures', String(error)));
  }
}

/** The runtime of the worker to come: it ends with the worker, and so do its log and metrics. */
async function listenTo(log: (line: string) => void): Promise<() => Promise<string>> {
  const bindAddress = `127.0.0.1:${await freePort(0)}`;
  Runtime.install({
    logger: new DefaultLogger('DEBUG', (entry) => log(logLine(entry))),
    telemetryOptions: {
      logging: { filter: { core: 'INFO', other: 'INFO' }, forward: {} },
      metrics: { prometheus: { bindAddress } },
    },
  });
  return async () => (await fetch(`http://${bindAddress}/metrics`)).text();
}

interface LeakyOptions {
  readonly redactor: Redactor;
  readonly canaries: Canaries;
  readonly onNotice: (notice: unknown) => void;
}

/** A worker with the leaky models and tools, two servers that repeat what they are sent, and a client. */
async function openLeakyPlace({ redactor, canaries, onNotice }: LeakyOptions) {
  const environment = await createTestEnvironment();
  const folder = mkdtempSync(path.join(tmpdir(), 'baton-canaries-'));
  const gateway = await startModelServer({
    reply: () => {
      const message = `invalid x-api-key: ${canaries.ANTHROPIC_API_KEY}`;
      return { error: { status: 401, type: 'authentication_error', message } };
    },
  });
  const site = createServer((request, response) => response.end(JSON.stringify(request.headers)));
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  const { port } = site.address() as AddressInfo;
  const echoing = anthropicProvider({ apiKey: canaries.ANTHROPIC_API_KEY, baseURL: gateway.url });
  const { tools, provider, embedder, teams } = leakyPlace(canaries, echoing);
  const opened = openStore({ folder });
  const taskQueue = `canaries-${randomUUID()}`;
  const ofHost = { 'api.example.com': { authorization: `Bearer ${canaries.GITHUB_TOKEN}` } };
  const worker = await createBatonWorker({
    connection: environment.nativeConnection,
    namespace: environment.namespace ?? 'default',
    taskQueue,
    workflowBundle: workflowBundle(),
    models: oneModel(provider),
    tools: [
      ...tools,
      ...stateTools(opened.store.state),
      ...httpTools({
        hosts: ['api.example.com'],
        schemes: ['http'],
        headers: ofHost,
        network: {
          resolve: async () => ['93.184.216.34'],
          connect: () => DIRECT.connect('127.0.0.1', port),
        },
      }),
    ],
    notifiers: [{ name: 'all', send: async (notice) => onNotice(notice) }],
    embedder,
    redactor,
    ...opened,
  });
  const running = worker.run();
  const client = await connect({ address: sharedServer().address, taskQueue, store: { folder } });
  return {
    client,
    folder,
    teams,
    async close() {
      worker.shutdown();
      await running;
      await client.close();
      await gateway.close();
      site.closeAllConnections();
      await new Promise((closed) => site.close(closed));
      await environment.teardown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
