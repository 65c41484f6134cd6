import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { commandLine, isAlive } from './process-life';

const serverStateSchema = z.strictObject({
  pid: z.number().int().positive(),
  /** `host:port` of the gRPC front end. */
  address: z.string(),
  namespace: z.string(),
  uiUrl: z.string().optional(),
  /** Started to outlive its users. */
  lasting: z.boolean().default(false),
  /** A piece of its command line that no other process has: it tells our server from a process that got its old id. */
  mark: z.string(),
});

/** The server that Baton started in a project; it outlives the process that started it. */
export type ServerState = z.infer<typeof serverStateSchema>;

function stateFile(directory: string): string {
  return join(directory, 'server.json');
}

/** The recorded server, running or not; undefined when none is recorded or the record cannot be read. */
export async function readServerState(directory: string): Promise<ServerState | undefined> {
  const text = await readFile(stateFile(directory), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return serverStateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export async function writeServerState(directory: string, state: ServerState): Promise<void> {
  const file = stateFile(directory);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(state, null, 2)}\n`);
  await rename(`${file}.${process.pid}`, file);
}

export async function forgetServerState(directory: string): Promise<void> {
  await rm(stateFile(directory), { force: true });
}

/** True when the recorded process runs and is the server that was recorded, not a later process with its number. */
export async function isRecordedServerRunning(state: ServerState): Promise<boolean> {
  return (await isAlive(state.pid)) && (await commandLine(state.pid)).includes(state.mark);
}
