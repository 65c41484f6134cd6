import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Command } from 'commander';
import { readInput } from '../examples/code-review/input';
import { offline } from '../examples/code-review/offline';
import { buildTeam } from '../examples/code-review/team';
import { reportError } from '../src/cli/report-error';
import { type Console, openConsole } from '../src/cli/screen/console';
import { openScreen } from '../src/cli/screen/live-screen';
import { runLink } from '../src/cli/screen/show-result';
import { untilInterrupted } from '../src/cli/session/interrupt';
import { fromAuthor } from '../src/cli/team/from-author';
import { type BatonClient, connect } from '../src/client/connect';
import type { Json } from '../src/contract/json';
import type { RunView } from '../src/contract/run/view';
import type { Team } from '../src/contract/team/team';
import { modelsFromEnvironment } from '../src/models/models-from-environment';
import { ensureServer, type ServerHandle } from '../src/server/connect-or-start';
import { packageRoot } from '../src/server/package-root';
import { type CallRecord, repeatedCalls } from '../src/testing/call-record';
import { type DemoWorker, type DemoWorkerOptions, startDemoWorker } from './demo/demo-worker';
import { killMidway } from './demo/kill-midway';
import { type OfflineModel, startOfflineModel } from './demo/offline-model';
import { openQuestion, signOff } from './demo/sign-off';

interface DemoFlags {
  readonly keep?: boolean;
  readonly killWorker?: boolean;
  readonly input?: string;
}

type Closer = () => Promise<void>;

/** What the demo has started. Each thing is ended again, the last one first. */
interface Stage {
  readonly console: Console;
  readonly flags: DemoFlags;
  readonly closers: Closer[];
}

const EXAMPLE = join(packageRoot(), 'examples', 'code-review');
const SAMPLE = join(EXAMPLE, 'input', 'order-search.diff');

async function main(): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const console = openConsole({ stdin, stdout, stderr, env }, false);
  const flags = new Command('demo')
    .description('A team of agents reviews a code change, asks for an approval, and finishes.')
    .option('--input <file>', 'unified diff or folder to review', SAMPLE)
    .option('--kill-worker', 'kill the worker in the middle of the reviews and start another')
    .option('--keep', 'leave the Temporal server running, with the run to look at')
    .parse()
    .opts<DemoFlags>();
  const stage: Stage = { console, flags, closers: [] };
  try {
    await untilInterrupted((signal) => play(stage, signal));
  } catch (error) {
    process.exitCode = reportError(error, console);
  } finally {
    for (const close of stage.closers.reverse()) await close();
  }
}

async function play(stage: Stage, signal: AbortSignal): Promise<void> {
  const { console, flags, closers } = stage;
  const path = flags.input ?? SAMPLE;
  const input = await fromAuthor(() => readInput(path), `The input ${path} cannot be read`);
  const team = buildTeam(input);
  const model = await chooseModel(stage, team);
  const server = await ensureServer({ lasting: flags.keep === true, report: console.note });
  closers.push(() => server.stop());
  const run = await openRun(stage, { server, team, input });
  const workerOptions: DemoWorkerOptions = {
    folder: EXAMPLE,
    address: server.address,
    namespace: server.namespace,
    taskQueue: run.client.context.taskQueue,
    env: { ...process.env, ...(model === undefined ? {} : model.variables) },
  };
  const worker = hire(stage, workerOptions);
  await worker.polling;
  if (run.link !== undefined) console.say(run.link);
  const ended = new AbortController();
  const killing =
    model === undefined || flags.killWorker !== true
      ? undefined
      : replaceMidway(stage, {
          model,
          worker,
          workerOptions,
          seen: () => run.latest.view,
          signal: ended.signal,
        });
  try {
    await follow(run, console, signal);
  } finally {
    ended.abort();
    await killing;
  }
  if (signal.aborted) return console.note('Interrupted.');
  await conclude(run, console, model);
  if (flags.keep === true)
    console.say('The Temporal server keeps running. Stop it with: npx baton up --stop');
}

/** The first line says whether a model is asked. */
async function chooseModel(stage: Stage, team: Team): Promise<OfflineModel | undefined> {
  const { console, closers, flags } = stage;
  const models = modelsFromEnvironment(process.env);
  if (models.configured) {
    console.say(`Models: ${models.description}.`);
    if (flags.killWorker === true)
      console.say('--kill-worker needs the offline model, whose log is its proof; it is left out.');
    return undefined;
  }
  console.say(
    'No model was asked: the replies are computed from the change, by rules, and served over HTTP.',
  );
  const model = await startOfflineModel(team, offline, flags.killWorker === true);
  closers.push(model.close);
  return model;
}

interface OpenRun {
  readonly client: BatonClient;
  readonly id: string;
  readonly link: string | undefined;
  /** What was seen of it last. */
  readonly latest: { view?: RunView };
}

/** Starts the run at once: the server keeps it until the worker is there. */
async function openRun(
  stage: Stage,
  given: { readonly server: ServerHandle; readonly team: Team; readonly input: Json },
): Promise<OpenRun> {
  const { server, team, input } = given;
  const taskQueue = `baton-demo-${randomBytes(4).toString('hex')}`;
  const { address, namespace, connectionOptions } = server;
  const client = await connect({ address, namespace, connectionOptions, taskQueue });
  stage.closers.push(() => client.close());
  const { run } = await client.start(team, input);
  return { client, id: run, link: runLink(server.uiUrl, namespace, run), latest: {} };
}

function hire({ closers }: Stage, options: DemoWorkerOptions): DemoWorker {
  const worker = startDemoWorker(options);
  closers.push(() => worker.stop());
  return worker;
}

interface Replacement {
  readonly model: OfflineModel;
  readonly worker: DemoWorker;
  readonly workerOptions: DemoWorkerOptions;
  readonly seen: () => RunView | undefined;
  readonly signal: AbortSignal;
}

async function replaceMidway(
  stage: Stage,
  { model, worker, workerOptions, seen, signal }: Replacement,
): Promise<void> {
  const killed = await killMidway({ model, worker, seen }, signal);
  if (killed === undefined) return;
  const next = hire(stage, workerOptions);
  stage.console.note(
    `Killed worker ${worker.pid} (SIGKILL): ${killed.answered} calls answered, ${killed.inFlight} under way. Worker ${next.pid} takes over.`,
  );
  await next.polling;
}

/** Shows the run and answers its question, until it is over or the signal ends the watching. */
async function follow({ client, id, latest }: OpenRun, console: Console, signal: AbortSignal): Promise<void> {
  const screen = openScreen(console);
  const answered = new Set<string>();
  for await (const view of client.watch(id, { signal })) {
    latest.view = view;
    screen.show(view);
    const question = openQuestion(view);
    if (question === undefined || answered.has(question.id)) continue;
    answered.add(question.id);
    screen.pause();
    await signOff(client, question, { console, run: id });
    screen.resume();
  }
  screen.finish();
}

async function conclude(run: OpenRun, console: Console, model: OfflineModel | undefined): Promise<void> {
  const { state, missing, usage } = await run.client.result(run.id);
  console.say(`The review is ${state}${missing.length > 0 ? `; it lacks ${missing.join(', ')}` : ''}.`);
  if (model === undefined) console.say(`model calls: ${usage.calls} made`);
  else tellCalls(console, model.server.calls());
  console.say(`${(performance.now() / 1000).toFixed(1)} s from the start to the result.`);
}

/** Counted at the provider's side. */
function tellCalls(console: Console, calls: readonly CallRecord[]): void {
  console.say(`model calls: ${calls.length} made, ${repeatedCalls(calls).length} repeated`);
  const lost = calls.filter(({ outcome }) => outcome === 'closed-by-client').length;
  if (lost > 0) console.say(`${lost} of them had no reply when the worker was killed, and were asked anew.`);
}

void main();
