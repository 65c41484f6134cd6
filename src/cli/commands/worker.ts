import { type Command, Option } from 'commander';
import { BatonError } from '../../client/baton-error';
import { askHealth } from '../../server/server-health';
import { storeSettings } from '../../threads/store-from-environment';
import { readWorkerConfig, type WorkerConfig } from '../../workers/worker-config';
import type { Console } from '../screen/console';
import { openWorker } from '../session/open-worker';
import { type ChosenServer, type ServerFlags, serverCommand, whichServer } from '../session/server-options';
import { logWorkers } from '../session/worker-log';
import { chooseModels, OFFLINE_NOTICE } from '../team/choose-models';
import { loadTeamFolder } from '../team/team-folder';
import { type Cli, does } from './command';
import { collected } from './read-flags';

interface WorkerFlags extends ServerFlags {
  readonly load?: readonly string[];
  readonly role?: string;
  readonly buildId?: string;
  readonly deployment?: string;
  readonly grace?: string;
  readonly offline?: boolean;
  readonly filesRoot: string;
}

/** `baton worker`: polls for work until SIGINT or SIGTERM, then lets its calls finish. */
export function workerCommand(cli: Cli): Command {
  const command = serverCommand('worker', 'Run a worker until it is told to stop; its calls finish first')
    .option('--load <team>', 'folder of a team whose tools it offers; may be given several times', collected)
    .addOption(new Option('--role <role>', 'all, orchestration, models or tools (default: "all")'))
    .option('--build-id <id>', 'turn worker versioning on: runs stay on the build they began with')
    .option('--deployment <name>', 'name of the deployment that the build belongs to (default: "baton")')
    .option('--grace <time>', 'how long calls may finish once it is told to stop (default: "10s")')
    .option('--files-root <folder>', 'the only folder that file tools may read', process.cwd())
    .option('--offline', "answer with the team's offline replies, whatever models are configured")
    .addHelpText(
      'after',
      '\nEach of these may be set in the environment too: BATON_ROLE, BATON_TASK_QUEUE, BATON_USE, …',
    );
  return does<WorkerFlags>(command, cli, async (console, flags) => {
    const config = readWorkerConfig(configFlags(flags, command), console.streams.env);
    const server = await whichServer(flags, console.streams.env);
    await checkHealth(server);
    await work(console, { config, server, filesRoot: flags.filesRoot });
  });
}

interface Work {
  readonly config: WorkerConfig;
  readonly server: ChosenServer;
  readonly filesRoot: string;
}

async function work(console: Console, { config, server, filesRoot }: Work): Promise<void> {
  const { env } = console.streams;
  const { role, taskQueue, buildId } = config;
  const folders = config.use.map(loadTeamFolder);
  const { models, offline } = chooseModels(env, folders, config);
  logWorkers(config.logLevel, (line) => console.note(line));
  const worker = await openWorker({
    ...server,
    profile: config.profile,
    taskQueue,
    role,
    filesRoot,
    folders,
    models,
    store: storeSettings(env),
    shutdownGraceMs: config.grace,
    ...(buildId === undefined ? {} : { buildId, deploymentName: config.deployment }),
  });
  const { address } = server.connectionOptions;
  const description = offline ? 'offline replies' : models.description;
  console.document({
    taskQueue,
    role,
    address,
    models: description,
    ...(buildId === undefined ? {} : { buildId }),
  });
  if (offline) console.say(OFFLINE_NOTICE);
  console.say(
    `Worker (${role}) polls "${taskQueue}" at ${address}. Models: ${description}. Stop it with Ctrl-C.`,
  );
  if (!models.configured && role !== 'tools')
    console.note('No model is configured: runs with agents will fail with NoModelConfigured.');
  await worker.stopped;
  console.note('The worker has stopped.');
}

/** Only what was written on the command line: the rest is the environment's to say. */
function configFlags(flags: WorkerFlags, command: Command): readonly string[] {
  const named = [
    ['--role', flags.role],
    ['--build-id', flags.buildId],
    ['--deployment', flags.deployment],
    ['--grace', flags.grace],
    ['--task-queue', command.getOptionValueSource('taskQueue') === 'default' ? undefined : flags.taskQueue],
    ...(flags.load ?? []).map((folder) => ['--use', folder] as const),
  ] as const;
  const written = named.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag}=${value}`]));
  return flags.offline ? [...written, '--offline'] : written;
}

/** How long a server may take to say that it serves the namespace. */
const ANSWER_TIMEOUT_MS = 3_000;

/** A worker polls a namespace that does not exist without a word, for ever: it is asked for first. */
async function checkHealth({ connectionOptions, namespace }: ChosenServer): Promise<void> {
  try {
    await askHealth({ connectionOptions, namespace, timeoutMs: ANSWER_TIMEOUT_MS });
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new BatonError(
      'TemporalUnreachable',
      `The Temporal server at ${connectionOptions.address} does not serve the namespace "${namespace}": ${reason}.`,
      { cause: error },
    );
  }
}
