import { type Command, Option } from 'commander';
import { redactorFor } from '../../secrets/redactor';
import { openLocalStore } from '../../threads/local-store';
import { storeSettings } from '../../threads/store-from-environment';
import { notifiersFromEnvironment } from '../../workers/notifiers-from-environment';
import { openWorker } from '../../workers/open-worker';
import { readWorkerConfig, type WorkerConfig } from '../../workers/worker-config';
import type { Console } from '../screen/console';
import { type ChosenServer, type ServerFlags, serverCommand, whichServer } from '../session/server-options';
import { logWorkers } from '../session/worker-log';
import { chooseModels, OFFLINE_NOTICE } from '../team/choose-models';
import { loadBrought } from '../team/team-folder';
import { type Cli, does } from './command';
import { collected } from './read-flags';

interface WorkerFlags extends ServerFlags {
  readonly load?: readonly string[];
  readonly role?: string;
  readonly buildId?: string;
  readonly deployment?: string;
  readonly grace?: string;
  readonly logLevel?: string;
  readonly offline?: boolean;
  readonly filesRoot: string;
}

/** `baton worker`: polls for work until SIGINT or SIGTERM, then lets its calls finish. */
export function workerCommand(cli: Cli): Command {
  const command = serverCommand('worker', 'Run a worker until it is told to stop; its calls finish first')
    .option('--load <team>', 'folder or module whose tools it offers; may be given several times', collected)
    .addOption(new Option('--role <role>', 'all, orchestration, models or tools (default: "all")'))
    .option('--build-id <id>', 'turn worker versioning on: runs stay on the build they began with')
    .option('--deployment <name>', 'name of the deployment that the build belongs to (default: "baton")')
    .option('--grace <time>', 'how long calls may finish once it is told to stop (default: "10s")')
    .option('--log-level <level>', 'trace, debug, info, warn or error (default: "warn")')
    .option('--files-root <folder>', 'the only folder that file tools may read', process.cwd())
    .option('--offline', "answer with the team's offline replies, whatever models are configured")
    .addHelpText(
      'after',
      '\nThe environment counts where an option is left out: BATON_TASK_QUEUE, BATON_LOAD (commas between), BATON_ROLE,\nBATON_BUILD_ID, BATON_DEPLOYMENT, BATON_GRACE, BATON_OFFLINE=1, BATON_LOG_LEVEL, BATON_PROFILE.',
    );
  return does<WorkerFlags>(command, cli, async (console, flags) => {
    const { env } = console.streams;
    const named = command.getOptionValueSource('taskQueue') !== 'default';
    const { taskQueue, ...others } = flags;
    const config = readWorkerConfig(named ? { ...others, taskQueue } : others, env);
    await work(console, { config, server: await whichServer(flags, env), filesRoot: flags.filesRoot });
  });
}

interface Work {
  readonly config: WorkerConfig;
  readonly server: ChosenServer;
  readonly filesRoot: string;
}

async function work(console: Console, { config, server, filesRoot }: Work): Promise<void> {
  const { env } = console.streams;
  const { role, buildId } = config;
  const brought = config.load.map(loadBrought);
  const { models, offline } = chooseModels(env, brought, config);
  const store = storeSettings(env);
  const { state } = openLocalStore(store);
  const tools = brought.flatMap((each) => each.tools({ filesRoot, state }));
  const redactor = redactorFor(env);
  logWorkers(config.logLevel, redactor, (line) => console.note(line));
  const worker = await openWorker({
    ...server,
    profile: config.profile ?? server.profile,
    taskQueue: config.taskQueue,
    role,
    models,
    tools,
    redactor,
    store,
    notifiers: notifiersFromEnvironment(env),
    shutdownGraceMs: config.grace,
    ...(buildId === undefined ? {} : { buildId, deploymentName: config.deployment }),
  });
  const { taskQueue } = worker;
  const { address } = server.connectionOptions;
  const description = offline ? 'offline replies' : models.description;
  console.document({
    taskQueue,
    role,
    address,
    models: description,
    tools: tools.map((tool) => tool.name),
    ...(buildId === undefined ? {} : { buildId }),
  });
  if (offline) console.say(OFFLINE_NOTICE);
  console.say(`Worker (${role}) polls "${taskQueue}" at ${address}. Stop it with Ctrl-C.`);
  console.say(`Models: ${description}. Tools: ${tools.map((tool) => tool.name).join(', ') || 'none'}.`);
  if (!models.configured && role !== 'tools')
    console.note('No model is configured: runs with agents will fail with NoModelConfigured.');
  await worker.stopped;
  console.note('The worker has stopped.');
}
