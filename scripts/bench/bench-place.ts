import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { ensureServer } from '../../src/server/connect-or-start';
import { readServerState } from '../../src/server/server-state';

/** What every bench runs on: a server of its own in a temporary folder, which is gone afterwards. */
export interface BenchPlace {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  /** For the CPU that the server uses. */
  readonly serverPid: number;
  readonly storeFolder: string;
  /** Progress, for people; never on stdout, whose last line is for programs. */
  readonly say: (line: string) => void;
}

export async function withBenchPlace<T>(
  say: (line: string) => void,
  work: (place: BenchPlace) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const directory = join(folder, 'server');
  try {
    // No environment: a bench must not load, or be bent by, a server that others use.
    const server = await ensureServer({
      env: {},
      directory,
      cacheDirectory: join('.baton', 'bin'),
      report: say,
    });
    try {
      const connection = await Connection.connect(server.connectionOptions);
      try {
        const state = await readServerState(directory);
        if (state === undefined)
          throw new Error(`${directory} holds no record of the server that was started there`);
        return await work({
          address: server.address,
          namespace: server.namespace,
          client: new Client({ connection, namespace: server.namespace }),
          serverPid: state.pid,
          storeFolder: join(folder, 'store'),
          say,
        });
      } finally {
        await connection.close();
      }
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
