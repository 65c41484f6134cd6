import { resolve } from 'node:path';
import type { ConnectionOptions } from '@temporalio/client';
import { Command } from 'commander';
import { BatonError } from '../../client/baton-error';
import { type BatonClient, connect } from '../../client/connect';
import type { SettingsProfile } from '../../client/run-settings';
import { DEFAULT_TASK_QUEUE } from '../../contract/names';
import { readTemporalSettings } from '../../server/configured-server';
import { isRecordedServerRunning, readServerState } from '../../server/server-state';
import { storeSettings } from '../../threads/store-from-environment';
import type { CliStreams } from '../screen/console';

/** Baton's folder in the project, where it keeps its own server's record. */
const PROJECT_DIRECTORY = '.baton';

/** The server that somebody wants, as far as they say it. */
export interface ServerWish {
  readonly address?: string;
  readonly namespace?: string;
}

export interface ServerFlags extends ServerWish {
  readonly taskQueue: string;
  readonly json?: boolean;
}

/** A subcommand that talks to a server, with the options that all of those share. */
export function serverCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      '--address <host:port>',
      "Temporal server; else TEMPORAL_ADDRESS, a Temporal profile, or Baton's own",
    )
    .option('--namespace <name>', 'Temporal namespace')
    .option('--task-queue <name>', 'queue of the workers', DEFAULT_TASK_QUEUE)
    .option('--json', 'print one JSON document on stdout and nothing else there');
}

/** The flags with the queue only where one was named: the default of `--task-queue` is no wish. */
export function namedQueue<Flags extends ServerFlags>(
  { taskQueue, ...rest }: Flags,
  command: Command,
): Omit<Flags, 'taskQueue'> & { readonly taskQueue?: string } {
  return command.getOptionValueSource('taskQueue') === 'default' ? rest : { ...rest, taskQueue };
}

/** Connects to the server that the options or the environment name, else to the one that Baton runs for this folder. */
export async function openClient(flags: ServerFlags, { env }: CliStreams): Promise<BatonClient> {
  return connect({
    ...(await whichServer(flags, env)),
    taskQueue: flags.taskQueue,
    store: storeSettings(env),
  });
}

export interface ChosenServer {
  /** With the address in it. */
  readonly connectionOptions: ConnectionOptions & { readonly address: string };
  readonly namespace: string;
  readonly profile: SettingsProfile;
}

/** Throws TemporalUnreachable where nothing is named and nothing runs. */
export async function whichServer(flags: ServerWish, env: NodeJS.ProcessEnv): Promise<ChosenServer> {
  const named = namedServer(flags, env);
  if (named !== undefined) return named;
  const own = await readServerState(resolve(PROJECT_DIRECTORY));
  if (own === undefined || !(await isRecordedServerRunning(own)))
    throw new BatonError(
      'TemporalUnreachable',
      'No Temporal server is named and none runs for this folder.',
      {
        remedy: 'Start one with "baton up", or set TEMPORAL_ADDRESS.',
      },
    );
  const namespace = flags.namespace ?? own.namespace;
  return { connectionOptions: { address: own.address }, namespace, profile: 'embedded' };
}

/** The server that the options or the environment name. */
export function namedServer(flags: ServerWish, env: NodeJS.ProcessEnv): ChosenServer | undefined {
  const settings = readTemporalSettings(env);
  const namespace = flags.namespace ?? settings.namespace;
  const address = flags.address ?? settings.server?.address;
  if (address === undefined) return undefined;
  const connectionOptions = { ...settings.server?.connectionOptions, address };
  return { connectionOptions, namespace, profile: profileOf(address) };
}

/** Heartbeats cost nothing on this machine; elsewhere they may be billed. */
function profileOf(address: string): SettingsProfile {
  const host = address.slice(0, address.lastIndexOf(':'));
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]' ? 'embedded' : 'server';
}
