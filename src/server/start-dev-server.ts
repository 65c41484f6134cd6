import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../contract/fail';
import { SEARCH_ATTRIBUTE_TYPES } from '../contract/names';
import { dynamicConfigArguments } from './dynamic-config';
import { freePort } from './free-port';
import { endProcess } from './process-life';
import { askHealth } from './server-health';
import type { ServerState } from './server-state';

export interface DevServerOptions {
  /** Path of the Temporal CLI. */
  readonly executable: string;
  /** Folder of the database and the log; made when missing. */
  readonly directory: string;
  readonly namespace: string;
  /**
   * Where runs are kept. `process` (the default) survives a killed server, `power` also a power cut, at about twice the cost
   * of a write; `memory` survives nothing and is for tests.
   */
  readonly durability?: Durability | undefined;
  /** Ports to use when they are free; the gRPC port and the Web UI's. Default 7233 and 8233, as everywhere. */
  readonly preferredPorts?: readonly [number, number] | undefined;
}

export type StartedServer = Omit<ServerState, 'lasting'>;

export type Durability = 'memory' | 'process' | 'power';

const USUAL_PORTS = [7233, 8233] as const;
const START_TIMEOUT_MS = 30_000;
const PROBE_TIMEOUT_MS = 1_000;
const PROBE_PAUSE_MS = 50;

/** Another process may take a port between our look and the server's start. */
const PORT_TRIES = 3;

/**
 * Starts a dev server on the loopback address, in a process group of its own so that Ctrl-C reaches it only through us.
 * It is returned when it serves the namespace with all search attributes, and lives on until its process is ended.
 * On the same folder it goes on where the last one stopped, however that ended.
 *
 * @throws TemporalStartFailed with the end of the server's log when it does not come up within 30 s.
 */
export async function startDevServer(options: DevServerOptions): Promise<StartedServer> {
  await mkdir(options.directory, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const started = await startOnce(options);
    if (started.up) return started.state;
    if (!started.portTaken || attempt === PORT_TRIES) {
      throw failure(
        'TemporalStartFailed',
        `The Temporal server (${options.executable}) did not start. The end of ${started.logFile}:\n${started.log}`,
      );
    }
  }
}

type Start =
  | { readonly up: true; readonly state: StartedServer }
  | { readonly up: false; readonly portTaken: boolean; readonly log: string; readonly logFile: string };

async function startOnce(options: DevServerOptions): Promise<Start> {
  const [preferred, preferredUi] = options.preferredPorts ?? USUAL_PORTS;
  const port = await freePort(preferred);
  const uiPort = await freePort(preferredUi);
  const logFile = join(options.directory, 'server.log');
  const log = await open(logFile, 'w');
  const child = spawn(options.executable, await serverArguments(options, port, uiPort), {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: withoutTemporalSettings(process.env),
  });
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `ended with ${signal ?? `code ${code}`}`;
  });
  child.unref();
  await log.close();

  const address = `127.0.0.1:${port}`;
  const up = await waitUntilUp(address, options.namespace, () => ended !== undefined);
  if (up && child.pid !== undefined) {
    const mark = `${markArguments(port).join(' ')} `;
    const uiUrl = `http://127.0.0.1:${uiPort}`;
    return { up, state: { pid: child.pid, address, namespace: options.namespace, uiUrl, mark } };
  }
  if (child.pid !== undefined) await endProcess(child.pid);
  const written = await readFile(logFile, 'utf8');
  const words = `${written.slice(-2_000)}\n${ended ?? 'It ran, but was not ready in time.'}`.trim();
  return { up: false, portTaken: /address already in use/.test(written), log: words, logFile };
}

async function serverArguments(options: DevServerOptions, port: number, uiPort: number): Promise<string[]> {
  const attributes = Object.entries(SEARCH_ATTRIBUTE_TYPES).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  return [
    ...['server', 'start-dev', ...markArguments(port), '--ui-port', String(uiPort)],
    ...['--namespace', options.namespace, '--log-level', 'warn', '--ui-disable-news-fetch'],
    ...databaseArguments(options),
    ...(await dynamicConfigArguments()),
    ...attributes,
  ];
}

function databaseArguments({ directory, durability = 'process' }: DevServerOptions): string[] {
  if (durability === 'memory') return [];
  // Without the write-ahead log the server uses twice the CPU and a fifth of the throughput is left.
  const synchronous = durability === 'power' ? 'full' : 'normal';
  const pragmas = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', `synchronous=${synchronous}`];
  return ['--db-filename', join(directory, 'temporal.db'), ...pragmas];
}

function markArguments(port: number): string[] {
  return ['--ip', '127.0.0.1', '--port', String(port)];
}

/** The CLI reads TEMPORAL_* as options of its own, which are meant for other commands. */
function withoutTemporalSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function waitUntilUp(address: string, namespace: string, hasEnded: () => boolean): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && !hasEnded()) {
    const missing = await askHealth({
      connectionOptions: { address },
      namespace,
      timeoutMs: PROBE_TIMEOUT_MS,
    }).catch(() => undefined);
    if (missing?.length === 0) return !hasEnded();
    await sleep(PROBE_PAUSE_MS);
  }
  return false;
}
