import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Where a worker of the chaos test works. */
export interface ChaosPlace {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly storeFolder: string;
  readonly modelUrl: string;
  readonly serviceUrl: string;
}

/** Worker processes of which any may be killed at any time; another takes its place at once. */
export class Fleet {
  readonly #workers = new Set<ChildProcess>();
  #closed = false;
  kills = 0;

  constructor(
    private readonly place: ChaosPlace,
    size: number,
  ) {
    for (let each = 0; each < size; each += 1) this.#add();
  }

  #add(): void {
    const worker = fork(join(__dirname, 'worker-process.js'), [JSON.stringify(this.place)], {
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.#workers.add(worker);
    // A worker that finds no server when it starts ends by itself.
    worker.once('exit', () => {
      this.#workers.delete(worker);
      if (!this.#closed) setTimeout(() => this.#add(), 200);
    });
  }

  /** SIGKILL for the one that a draw from 0 up to 1 hits. */
  killOne(draw: number): void {
    const workers = [...this.#workers];
    const victim = workers[Math.floor(draw * workers.length)];
    if (victim?.kill('SIGKILL')) this.kills += 1;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(
      [...this.#workers].map(async (worker) => {
        const exited = once(worker, 'exit');
        worker.kill('SIGKILL');
        await exited;
      }),
    );
  }
}
