import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const MAIN = path.resolve(__dirname, '..', '..', 'dist', 'src', 'workers', 'main.js');

export interface WorkerProcess {
  readonly child: ChildProcess;
  /** Everything that it wrote, as far as it has come. */
  output(): string;
  /** Waits until it has written this. Fails when it ends before. */
  says(text: string): Promise<void>;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
}

/** The compiled worker as a process of its own, as an operator starts it. */
export function startWorkerProcess(args: readonly string[], env: NodeJS.ProcessEnv): WorkerProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH, ...env } });
  let written = '';
  const heard = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    written += chunk.toString();
    for (const listener of heard) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    ended,
    output: () => written,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (written.includes(text)) resolve();
        };
        heard.add(look);
        look();
        void ended.then((code) => reject(new Error(`ended with ${code} before "${text}":\n${written}`)));
      }),
  };
}
