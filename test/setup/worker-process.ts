import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const BATON = resolve(__dirname, '..', '..', 'dist', 'src', 'cli', 'main.js');

export interface WorkerProcess {
  readonly child: ChildProcess;
  /** Everything that it wrote, as far as it has come. */
  output(): string;
  /** Waits until it has written this. Fails when it ends before. */
  says(text: string): Promise<void>;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** The kernel ends it at once: no handler, no `finally`, no report. */
  kill(): Promise<void>;
}

/** The compiled `baton worker` as a process of its own, as an operator starts it. */
export function startWorkerProcess(args: readonly string[], env: NodeJS.ProcessEnv): WorkerProcess {
  const child = spawn(process.execPath, [BATON, 'worker', ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  const heard = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    written += chunk.toString();
    for (const listener of heard) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return {
    child,
    ended,
    output: () => written,
    says: (text) =>
      new Promise((said, reject) => {
        const look = (): void => {
          if (written.includes(text)) said();
        };
        heard.add(look);
        look();
        void ended.then((code) => reject(new Error(`ended with ${code} before "${text}":\n${written}`)));
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
