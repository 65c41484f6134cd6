import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTemporal } from '../../src/server/find-temporal';
import { isAlive } from '../../src/server/process-life';
import { type StartedServer, startDevServer } from '../../src/server/start-dev-server';

/** A Temporal server that dies and comes back on its database and its ports. */
export class RestartingServer {
  restarts = 0;

  private constructor(
    private readonly executable: string,
    private readonly directory: string,
    private server: StartedServer,
  ) {}

  static async start(directory: string, say: (line: string) => void): Promise<RestartingServer> {
    const executable = await findTemporal({
      env: process.env,
      cacheDirectory: join('.baton', 'bin'),
      report: say,
    });
    return new RestartingServer(executable, directory, await up(executable, directory));
  }

  get address(): string {
    return this.server.address;
  }

  get namespace(): string {
    return this.server.namespace;
  }

  /** SIGKILL, then the same again on what is left on disk. */
  async restart(): Promise<void> {
    await this.stop();
    const { address, uiUrl } = this.server;
    this.server = await up(this.executable, this.directory, [portOf(address), portOf(uiUrl ?? '')]);
    if (this.address !== address)
      throw new Error(`another process took ${address} while the server was down`);
    this.restarts += 1;
  }

  async stop(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    while (await isAlive(this.server.pid)) await sleep(20);
  }
}

function up(
  executable: string,
  directory: string,
  ports?: readonly [number, number],
): Promise<StartedServer> {
  return startDevServer({
    executable,
    directory,
    namespace: 'default',
    preferredPorts: ports ?? [0, 0],
  });
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
