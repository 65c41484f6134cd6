import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import {
  type ModelServer,
  type ServedReply,
  type ServedRequest,
  startModelServer,
} from '../../src/testing/model-server';
import { readTestServers } from '../../src/testing/test-servers';
import { openLocalStore } from '../../src/threads/local-store';
import { startWorkerProcess, type WorkerProcess } from '../setup/worker-process';

/** Workers as processes that can be killed, a store that they share, and a model whose log outlives them. */
export interface CrashStage {
  readonly client: BatonClient;
  readonly model: ModelServer;
  startWorker(): Promise<WorkerProcess>;
  /** How many replies may be given in all; the rest is held back. */
  allow(replies: number): void;
  /** Calls that wait for their reply. */
  running(): number;
  /** Results that the call journal holds. Only these count as finished. */
  journaled(): Promise<number>;
  close(): Promise<void>;
}

/** `brought` is what the workers are started with beside: options, and variables of their environment. */
export async function openCrashStage(
  reply: (request: ServedRequest) => ServedReply | Promise<ServedReply>,
  brought: { readonly options: readonly string[]; readonly env: NodeJS.ProcessEnv } = {
    options: [],
    env: {},
  },
): Promise<CrashStage> {
  const { address, namespace } = readTestServers() ?? { address: '', namespace: '' };
  const taskQueue = `crash-${randomUUID()}`;
  const folder = await mkdtemp(join(tmpdir(), 'baton-crash-'));
  const workers: WorkerProcess[] = [];
  const waiting: (() => void)[] = [];
  let [allowed, given] = [0, 0];
  const release = (): void => {
    while (given < allowed && waiting.length > 0) {
      given += 1;
      waiting.shift()?.();
    }
  };
  const model = await startModelServer({
    reply: async (request) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        release();
      });
      return reply(request);
    },
  });
  const client = await connect({ address, namespace, taskQueue, store: { folder } });
  return {
    client,
    model,
    allow(replies) {
      allowed = replies;
      release();
    },
    running: () => model.calls().filter((call) => call.outcome === 'running').length,
    journaled: () => journaled(folder),
    async startWorker() {
      const worker = startWorkerProcess(
        ['--address', address, '--namespace', namespace, '--task-queue', taskQueue, ...brought.options],
        { ...brought.env, BATON_STORE: folder, ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'none' },
      );
      workers.push(worker);
      await worker.says('polls');
      return worker;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.kill()));
      await client.close();
      await model.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function journaled(folder: string): Promise<number> {
  const { journal } = openLocalStore({ folder });
  const names = await readdir(join(folder, 'journal'), { recursive: true }).catch(() => []);
  const keys = names.flatMap((name) => /([0-9a-f]{64})$/.exec(name)?.[1] ?? []);
  const found = await Promise.all(keys.map((key) => journal.find(key)));
  // The charter that a run writes when it begins is no call.
  return found.filter((result) => result !== undefined && !Object.hasOwn(Object(result), 'undoing')).length;
}

export async function until(met: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the condition was not met within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
