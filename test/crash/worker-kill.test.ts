import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import { agent, approve, parallel, pipeline, team } from '../../src/contract/builders';
import { repeatedCalls } from '../../src/testing/call-record';
import { type ModelServer, startModelServer } from '../../src/testing/model-server';
import { readTestServers } from '../../src/testing/test-servers';
import { openLocalStore } from '../../src/threads/local-store';
import { startWorkerProcess, type WorkerProcess } from '../setup/worker-process';

const BRANCHES = 12;

describe('a worker killed with SIGKILL', () => {
  const { address, namespace } = readTestServers() ?? { address: '', namespace: '' };
  const taskQueue = `crash-${randomUUID()}`;
  const workers: WorkerProcess[] = [];
  let folder: string;
  let model: ModelServer;
  let client: BatonClient;
  /** How many replies may be given; the rest is held back. */
  let allowed = 0;
  let release = (): void => undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-crash-'));
    let given = 0;
    const waiting: (() => void)[] = [];
    release = () => {
      while (given < allowed && waiting.length > 0) {
        given += 1;
        waiting.shift()?.();
      }
    };
    model = await startModelServer({
      reply: async ({ system }) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          release();
        });
        return { text: `answer of ${system}` };
      },
    });
    client = await connect({ address, namespace, taskQueue, store: { folder } });
  });

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await client.close();
    await model.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function startWorker(): Promise<WorkerProcess> {
    const env = { BATON_STORE: folder, ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'none' };
    const worker = startWorkerProcess(
      ['--address', address, '--namespace', namespace, '--task-queue', taskQueue],
      env,
    );
    workers.push(worker);
    await worker.says('polls');
    return worker;
  }

  function allow(replies: number): void {
    allowed = replies;
    release();
  }

  test('in the middle of a fan-out: another finishes the run, and no finished call is made twice', async () => {
    const branches = Object.fromEntries(
      Array.from({ length: BRANCHES }, (_, index) => {
        const name = `agent${index}`;
        return [
          name,
          pipeline([
            agent({ name, instructions: `${name}, first` }),
            agent({ name: `${name}b`, instructions: `${name}, second` }),
          ]),
        ];
      }),
    );
    const victim = await startWorker();
    const { run } = await client.start(team('crash', parallel(branches)), 'go');
    allow(5);
    // Only replies that reached the journal count as finished, so the kill must not fall between the two.
    await until(async () => (await journaled(folder)) === 5 && running(model) === BRANCHES);
    await victim.kill();

    const standby = await startWorker();
    allow(Number.POSITIVE_INFINITY);
    const { output } = await client.result(run);
    expect(Object.keys(output as object)).toHaveLength(BRANCHES);
    const answered = model.calls().filter((call) => call.outcome === 'finished');
    expect(repeatedCalls(model.calls())).toEqual([]);
    expect(answered).toHaveLength(2 * BRANCHES);
    expect((await client.view(run)).usage.calls).toBe(2 * BRANCHES);
    await standby.kill();
  }, 60_000);

  test('while a person is asked: the question survives and its answer counts', async () => {
    const before = model.calls().length;
    const victim = await startWorker();
    const { run } = await client.start(
      team('asking', pipeline([agent({ name: 'writer', instructions: 'w' }), approve('Send?')])),
      'go',
    );
    await until(async () => (await client.approvals({ run })).length === 1);
    await victim.kill();
    const standby = await startWorker();
    const [waiting] = await client.approvals({ run });
    if (waiting === undefined) throw new Error('the question is lost');
    await client.decide({ approval: waiting.id, hash: waiting.hash, verdict: 'approve', by: 'ann' });
    expect((await client.result(run)).output).toBe('answer of w');
    expect(model.calls().length - before).toBe(1);
    await standby.kill();
  }, 60_000);
});

function running(model: ModelServer): number {
  return model.calls().filter((call) => call.outcome === 'running').length;
}

/** Results that the call journal holds. */
async function journaled(folder: string): Promise<number> {
  const { journal } = openLocalStore({ folder });
  const names = await readdir(join(folder, 'journal'), { recursive: true }).catch(() => []);
  const keys = names.flatMap((name) => /([0-9a-f]{64})$/.exec(name)?.[1] ?? []);
  const found = await Promise.all(keys.map((key) => journal.find(key)));
  return found.filter((result) => result !== undefined).length;
}

async function until(met: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the condition was not met within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
