import { randomBytes } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { type BatonClient, connect } from '../../client/connect';
import { parseTeam } from '../../contract/check/parse-team';
import { failure } from '../../contract/fail';
import { DEFAULT_TASK_QUEUE } from '../../contract/names';
import type { Team } from '../../contract/team/team';
import { redactorFor } from '../../secrets/redactor';
import { ensureServer } from '../../server/connect-or-start';
import { openLocalStore } from '../../threads/local-store';
import { storeSettings } from '../../threads/store-from-environment';
import { createCatalogue } from '../../tools/catalogue';
import { notifiersFromEnvironment } from '../../workers/notifiers-from-environment';
import { openWorker } from '../../workers/open-worker';
import type { Console } from '../screen/console';
import { chooseModels } from '../team/choose-models';
import type { TeamFolder } from '../team/team-folder';
import { type ChosenServer, namedServer, type ServerWish } from './server-options';
import { logFile, logWorkers } from './worker-log';

export interface SessionWishes {
  readonly flags: ServerWish & { readonly taskQueue?: string };
  readonly folder: TeamFolder;
  readonly team: Team;
  readonly filesRoot: string;
  /** Whether a worker may be started here where nobody polls. */
  readonly mayWork: boolean;
  readonly offline: boolean;
  /** Leaves a server that it started running. */
  readonly keep: boolean;
}

/** A server, a client and, where nobody else polls, a worker, for as long as one run lasts. */
export interface RunSession {
  readonly client: BatonClient;
  readonly uiUrl: string | undefined;
  /** Whether a worker polls the run's queue: its own, or one that was there. */
  readonly polled: boolean;
  /** True where its own worker answers for the models, from the input. */
  readonly offline: boolean;
  /** The commands without which the run stands still once the session is closed; none where others serve it. */
  readonly needed: readonly string[];
  /** Rejects where its own worker cannot go on; else it never settles before the end. */
  readonly broken: Promise<never>;
  /** Ends what the session started and nothing else. */
  close(): Promise<void>;
}

type Closer = () => Promise<void>;

/** Throws TemporalUnreachable and its like, NoModelConfigured where the team has agents and nobody could answer for them. */
export async function openRunSession(wishes: SessionWishes, console: Console): Promise<RunSession> {
  const closers: Closer[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await build(wishes, { console, closers })), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Making {
  readonly console: Console;
  readonly closers: Closer[];
}

async function build(wishes: SessionWishes, making: Making): Promise<Omit<RunSession, 'close'>> {
  const { env } = making.console.streams;
  const server = await openServer(wishes, making);
  const store = storeSettings(env);
  const open = async (taskQueue: string): Promise<BatonClient> => {
    const client = await connect({ ...server, taskQueue, store });
    making.closers.push(() => client.close());
    return client;
  };
  const never = new Promise<never>(() => undefined);
  const queue = wishes.flags.taskQueue ?? DEFAULT_TASK_QUEUE;
  const client = await open(queue);
  const { uiUrl } = server;
  const up = server.own && !wishes.keep ? ['baton up'] : [];
  const polled = await client.hasWorker();
  if (polled && wishes.offline)
    making.console.note(
      `--offline has no say: a worker polls "${queue}" already and answers as it is configured.`,
    );
  if (polled || !wishes.mayWork)
    return {
      client,
      uiUrl,
      polled,
      offline: false,
      needed: polled ? up : [...up, workerCommand(wishes, queue)],
      broken: never,
    };

  // Runs side by side on one queue would be given each other's tools, folders and models, offline replies among them.
  const ownQueue = wishes.flags.taskQueue ?? privateQueue(wishes.team.name);
  const { models, offline } = chooseModels(env, [wishes.folder], { offline: wishes.offline });
  if (!models.configured && Object.keys(wishes.team.agents).length > 0)
    throw failure(
      'NoModelConfigured',
      `No model is configured, and ${wishes.folder.path} brings no offline replies.`,
    );
  const { state } = openLocalStore(store);
  const tools = createCatalogue(wishes.folder.tools({ filesRoot: wishes.filesRoot, state }));
  // This worker has no other tools: a call of one would fail only after the calls before it were paid for.
  parseTeam(wishes.team, { tools: Object.fromEntries(tools.byName) });
  if (!offline && models.configured) making.console.note(`Models: ${models.description}.`);
  const redactor = redactorFor(env);
  logWorkers('info', redactor, logFile(resolve('.baton', 'worker.log')));
  const worker = await openWorker({
    ...server,
    taskQueue: ownQueue,
    store,
    models,
    tools,
    notifiers: notifiersFromEnvironment(making.console.streams.env),
    redactor,
  });
  making.closers.push(() => worker.stop());
  return {
    client: await open(ownQueue),
    uiUrl,
    polled: true,
    offline,
    needed: [...up, workerCommand(wishes, ownQueue)],
    broken: worker.stopped.then(() => never),
  };
}

/** The worker that would carry the run on where this session's own has stopped. */
function workerCommand({ flags, folder, filesRoot }: SessionWishes, taskQueue: string): string {
  const here = process.cwd();
  return [
    `baton worker --load ${relative(here, folder.path) || '.'}`,
    ...(taskQueue === DEFAULT_TASK_QUEUE ? [] : [`--task-queue ${taskQueue}`]),
    ...(resolve(filesRoot) === here ? [] : [`--files-root ${filesRoot}`]),
    ...(flags.address === undefined ? [] : [`--address ${flags.address}`]),
    ...(flags.namespace === undefined ? [] : [`--namespace ${flags.namespace}`]),
  ].join(' ');
}

function privateQueue(team: string): string {
  return `${DEFAULT_TASK_QUEUE}-${team}-${randomBytes(4).toString('hex')}`;
}

async function openServer(
  { flags, keep }: SessionWishes,
  { console, closers }: Making,
): Promise<ChosenServer & { readonly uiUrl?: string; readonly own: boolean }> {
  const { env } = console.streams;
  const named = namedServer(flags, env);
  if (named !== undefined)
    return { ...named, own: false, ...(env.BATON_UI_URL ? { uiUrl: env.BATON_UI_URL } : {}) };
  const server = await ensureServer({
    env,
    lasting: keep,
    report: (line) => console.note(line),
  });
  closers.push(() => server.stop());
  if (server.started && keep) console.note('The server keeps running. Stop it with: baton up --stop');
  return {
    connectionOptions: { ...server.connectionOptions, address: server.address },
    namespace: flags.namespace ?? server.namespace,
    profile: 'embedded',
    own: server.started,
    ...(server.uiUrl === undefined ? {} : { uiUrl: server.uiUrl }),
  };
}
