import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface DemoWorkerOptions {
  readonly folder: string;
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A worker in a process of its own, so that it can be killed. */
export interface DemoWorker {
  readonly pid: number;
  /** Settles once it polls; rejects with its last words where it ends before that. */
  readonly polling: Promise<void>;
  /** Settles once its process has ended, however. */
  readonly gone: Promise<unknown>;
  /** SIGKILL: nothing of it gets to say goodbye. */
  kill(): void;
  /** Lets it finish its calls and waits for its end. */
  stop(): Promise<void>;
}

const COMMAND = resolve(__dirname, '..', '..', 'src', 'cli', 'main.js');
/** How long a worker may take to let go before it is killed. */
const STOP_PATIENCE_MS = 5_000;

/** `baton worker`, as anyone would start it. */
export function startDemoWorker(options: DemoWorkerOptions): DemoWorker {
  const { folder, address, namespace, taskQueue, env } = options;
  const server = ['--address', address, '--namespace', namespace, '--task-queue', taskQueue];
  const child = spawn(process.execPath, [COMMAND, 'worker', '--load', folder, ...server], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C at the terminal is for the demo, which then stops its worker.
    detached: true,
  });
  const polling = waitUntilPolling(child);
  // Whoever waits gets the error; a worker that is killed on purpose must not end the demo.
  polling.catch(() => undefined);
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    polling,
    gone: ended,
    kill: () => child.kill('SIGKILL'),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function waitUntilPolling(child: ChildProcess): Promise<void> {
  const words: string[] = [];
  return new Promise((resolvePolling, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        words.push(line);
        if (line.includes(' polls ')) resolvePolling();
      });
    }
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`The worker ended:\n${words.slice(-5).join('\n')}`)));
  });
}
