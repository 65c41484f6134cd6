import { type Command, Option } from 'commander';
import { openStoreFromEnvironment } from '../threads/store-from-environment';
import type { WorkerRole } from '../workers/activities-of-role';
import { chooseModels, OFFLINE_NOTICE } from './choose-models';
import { type Cli, does } from './command';
import { openWorker } from './open-worker';
import { collected } from './read-flags';
import { type ServerFlags, serverCommand, whichServer } from './server-options';
import { loadTeamFolder } from './team-folder';
import { logWorkers } from './worker-log';

interface WorkerFlags extends ServerFlags {
  readonly role: WorkerRole;
  readonly buildId?: string;
  readonly load?: readonly string[];
  readonly filesRoot: string;
  readonly offline?: boolean;
}

const ROLES: readonly WorkerRole[] = ['all', 'orchestration', 'models', 'tools'];

/** `baton worker`: polls for work until SIGINT or SIGTERM, then lets its calls finish. */
export function workerCommand(cli: Cli): Command {
  const command = serverCommand('worker', 'Run a worker until it is told to stop; its calls finish first')
    .option('--load <team>', 'folder of a team whose tools it offers; may be given several times', collected)
    .addOption(new Option('--role <role>', 'what it does').choices(ROLES).default('all'))
    .option('--build-id <id>', 'turn worker versioning on: runs stay on the build they began with')
    .option('--files-root <folder>', 'the only folder that file tools may read', process.cwd())
    .option('--offline', "answer with the team's offline replies, whatever models are configured");
  return does<WorkerFlags>(command, cli, async (console, flags) => {
    const { env } = console.streams;
    const folders = (flags.load ?? []).map(loadTeamFolder);
    const { models, offline } = chooseModels(env, folders, { offline: flags.offline === true });
    const server = await whichServer(flags, env);
    logWorkers((env.BATON_DEBUG ?? '') === '' ? 'WARN' : 'DEBUG', (line) => console.note(line));
    const { role, taskQueue, filesRoot, buildId } = flags;
    const worker = await openWorker({
      ...server,
      taskQueue,
      role,
      filesRoot,
      folders,
      models,
      store: openStoreFromEnvironment(env),
      ...(buildId === undefined ? {} : { buildId }),
    });
    const { address } = server.connectionOptions;
    const description = offline ? 'offline' : models.description;
    console.document({
      polling: taskQueue,
      role,
      address,
      models: description,
      ...(buildId === undefined ? {} : { buildId }),
    });
    if (offline) console.say(OFFLINE_NOTICE);
    console.say(
      `Worker (${role}) polls "${taskQueue}" at ${address}. Models: ${description}. Stop it with Ctrl-C.`,
    );
    if (!offline && !models.configured && role !== 'tools')
      console.note('No model is configured: runs with agents will fail NoModelConfigured.');
    await worker.stopped;
    console.note('Worker stopped.');
  });
}
