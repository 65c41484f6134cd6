import { join, resolve } from 'node:path';
import type { ConnectionOptions } from '@temporalio/client';
import { checkConfiguredServer, readTemporalSettings } from './configured-server';
import { withFileLock } from './file-lock';
import { findTemporal } from './find-temporal';
import { endProcess } from './process-life';
import { askHealth } from './server-health';
import {
  forgetServerState,
  isRecordedServerRunning,
  readServerState,
  type ServerState,
  writeServerState,
} from './server-state';
import { enterServer, leaveServer } from './server-users';
import { type Durability, startDevServer } from './start-dev-server';

export interface EnsureServerOptions {
  /** Where TEMPORAL_ADDRESS and the like are read; `process.env` by default. An empty object ignores them. */
  readonly env?: NodeJS.ProcessEnv;
  /** Baton's folder in the project: database, log, record of the server. Default `.baton` in the current folder. */
  readonly directory?: string;
  /** Folder of fetched executables. Default `bin` in `directory`. */
  readonly cacheDirectory?: string;
  readonly durability?: Durability;
  /** Ports of the server and its Web UI, when they are free. Default: those of the last server here, else 7233 and 8233. */
  readonly preferredPorts?: readonly [number, number];
  /** Whether the server is to outlive its users, until {@link stopProjectServer}. Default false. */
  readonly lasting?: boolean;
  /** Called with one line before anything slow; silent by default. */
  readonly report?: (line: string) => void;
}

export interface ServerHandle {
  /** `host:port` of the gRPC front end. */
  readonly address: string;
  readonly namespace: string;
  /** For `Connection.connect` and `NativeConnection.connect`: the address with its TLS and key, if any. */
  readonly connectionOptions: ConnectionOptions;
  /** The Web UI, where it is known: always for Baton's own server, from BATON_UI_URL for others. */
  readonly uiUrl?: string;
  /** True when this call started the server. */
  readonly started: boolean;
  /** Ends Baton's own server where it is not lasting and nobody else uses it; does nothing otherwise. */
  stop(): Promise<void>;
}

/** How long a server that Baton started earlier may take to answer before it is taken for hung and replaced. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * A Temporal server to use: the one that the environment names, else the one that Baton already runs for this project,
 * else a new one. Safe for several processes at once: they end up with the same server.
 * A server started here lives until the last of its users stops it, or until {@link stopProjectServer}; also when this
 * process dies.
 *
 * @throws TemporalUnreachable, SearchAttributesMissing, TemporalNotFound, TemporalStartFailed.
 */
export async function ensureServer(options: EnsureServerOptions = {}): Promise<ServerHandle> {
  const env = options.env ?? process.env;
  const settings = readTemporalSettings(env);
  if (settings.server !== undefined) {
    await checkConfiguredServer(settings.server, env);
    const ui = env.BATON_UI_URL ? { uiUrl: env.BATON_UI_URL } : {};
    return { ...settings.server, ...ui, started: false, stop: async () => undefined };
  }
  const directory = projectDirectory(options.directory);
  return withFileLock(lockFile(directory), async () => {
    const recorded = await readServerState(directory);
    if (recorded !== undefined && (await isUsable(recorded, settings.namespace))) {
      if (options.lasting === true && !recorded.lasting)
        await writeServerState(directory, { ...recorded, lasting: true });
      return handle(directory, recorded, { started: false, user: await enterServer(directory) });
    }
    if (recorded !== undefined) await endRecorded(recorded);
    const state = await startRecorded(directory, { ...options, recorded, namespace: settings.namespace });
    return handle(directory, state, { started: true, user: await enterServer(directory) });
  });
}

/** Ends the server that Baton runs for a project, whoever started it. @returns false when none was running. */
export async function stopProjectServer(directory?: string): Promise<boolean> {
  const folder = projectDirectory(directory);
  return withFileLock(lockFile(folder), async () => {
    const recorded = await readServerState(folder);
    const running = recorded !== undefined && (await isRecordedServerRunning(recorded));
    if (recorded !== undefined) await endRecorded(recorded);
    await forgetServerState(folder);
    return running;
  });
}

function projectDirectory(directory = '.baton'): string {
  return resolve(directory);
}

function lockFile(directory: string): string {
  return join(directory, 'server.lock');
}

async function isUsable(recorded: ServerState, namespace: string): Promise<boolean> {
  if (recorded.namespace !== namespace || !(await isRecordedServerRunning(recorded))) return false;
  const { address } = recorded;
  const question = { connectionOptions: { address }, namespace, timeoutMs: ANSWER_TIMEOUT_MS };
  return askHealth(question).then(
    (missing) => missing.length === 0,
    () => false,
  );
}

async function endRecorded(recorded: ServerState): Promise<void> {
  // A later process may carry the old number: only the server itself is ever ended.
  if (await isRecordedServerRunning(recorded)) await endProcess(recorded.pid);
}

interface StartOptions extends EnsureServerOptions {
  readonly namespace: string;
  readonly recorded: ServerState | undefined;
}

async function startRecorded(directory: string, options: StartOptions): Promise<ServerState> {
  const { env = process.env, cacheDirectory = join(directory, 'bin'), report = () => undefined } = options;
  const executable = await findTemporal({ env: { ...process.env, ...env }, cacheDirectory, report });
  const started = await startDevServer({
    executable,
    directory,
    namespace: options.namespace,
    durability: options.durability,
    // Workers of a server that died are still trying its old address.
    preferredPorts: options.preferredPorts ?? portsOf(options.recorded),
  });
  const state = { ...started, lasting: options.lasting === true };
  await writeServerState(directory, state);
  return state;
}

function portsOf(recorded: ServerState | undefined): readonly [number, number] | undefined {
  const ui = recorded?.uiUrl;
  if (recorded === undefined || ui === undefined) return undefined;
  return [Number(recorded.address.split(':')[1]), Number(new URL(ui).port)];
}

function handle(
  directory: string,
  state: ServerState,
  { started, user }: { readonly started: boolean; readonly user: string },
): ServerHandle {
  const { address, namespace, uiUrl } = state;
  return {
    address,
    namespace,
    connectionOptions: { address },
    ...(uiUrl === undefined ? {} : { uiUrl }),
    started,
    async stop() {
      await withFileLock(lockFile(directory), async () => {
        const used = await leaveServer(directory, user);
        const recorded = await readServerState(directory);
        // Another may stand there by now, or one that its last user has made lasting.
        if (used || recorded?.pid !== state.pid || recorded.lasting) return;
        await endRecorded(recorded);
        await forgetServerState(directory);
      });
    },
  };
}
