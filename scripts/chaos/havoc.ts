import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../bench/seeded-random';
import type { Fleet } from './fleet';
import type { RestartingServer } from './restarting-server';

/** Between two kills of a worker, at least and at most. */
const KILL_MS = [3_000, 8_000] as const;
/** Between two restarts of the server. */
const RESTART_MS = [20_000, 40_000] as const;

interface Targets {
  readonly server: RestartingServer;
  readonly fleet: Fleet;
  readonly say: (line: string) => void;
}

/** Kills workers and restarts the server at moments that the seed decides. */
export class Havoc {
  readonly #stopping = new AbortController();
  readonly #working: Promise<unknown>;

  constructor(seed: number, { server, fleet, say }: Targets) {
    const kills = seededRandom(seed + 1);
    const restarts = seededRandom(seed + 2);
    this.#working = Promise.all([
      this.#every(KILL_MS, kills, async () => fleet.killOne(kills())),
      this.#every(RESTART_MS, restarts, async () => {
        await server.restart();
        say(`the server was killed and is back (${server.restarts})`);
      }),
    ]);
    // Told by `stop`: thrown at any other time it would end the test, and leave its servers behind.
    this.#working.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #every(
    [least, most]: readonly [number, number],
    random: () => number,
    strike: () => Promise<void>,
  ): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(least + (most - least) * random(), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await strike();
    }
  }
}
