import type { WaitingApproval } from '../../src/client/approvals';
import { type BatonClient, connect } from '../../src/client/connect';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import { oneModel } from '../../src/models/models';
import type { ModelRequest } from '../../src/models/provider';
import { scripted } from '../../src/models/scripted';
import { type ScriptedReply, text } from '../../src/models/scripted-reply';
import type { Encryption } from '../../src/secrets/encryption-from-environment';
import { readTestServers } from '../../src/testing/test-servers';
import { openStore } from '../../src/threads/open-store';
import type { Tool } from '../../src/tools/tool';
import { openWorkerBench } from '../workers/worker-bench';

type Replies = Readonly<Record<string, (request: ModelRequest) => ScriptedReply | Promise<ScriptedReply>>>;

/** A worker, a client and a scripted model that counts what reaches it. */
export interface RunBench {
  readonly client: BatonClient;
  /** Where the store is. */
  readonly folder: string;
  /** Replies from now on, by agent; every other agent says that it is itself. Forgets what was asked. */
  script(replies?: Replies): void;
  /** Agents by the calls that reached the provider since `script`, in order. */
  asked(): readonly string[];
  /** Agents whose reply was given since `script`. */
  ended(): readonly string[];
  failing(team: Team, input?: Json): Promise<string>;
  finished(team: Team, input?: Json): Promise<string>;
  waitingIn(run: string): Promise<WaitingApproval>;
  decide(approval: WaitingApproval, verdict: 'approve' | 'deny'): Promise<void>;
  /** Puts a worker that has read nothing yet in the place of the one there is. */
  newWorker(): Promise<void>;
  /** Leaves runs without anyone to answer for them. */
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

/** With `encryption` everything is encrypted. */
export async function openRunBench(tools: readonly Tool[] = [], encryption?: Encryption): Promise<RunBench> {
  const bench = await openWorkerBench(encryption);
  const address = readTestServers()?.address ?? '';
  const store = { folder: bench.folder, ...(encryption === undefined ? {} : { encryption }) };
  const client = await connect({ address, taskQueue: bench.taskQueue, store });
  let replies: Replies = {};
  let asked: string[] = [];
  let ended: string[] = [];
  const provider = scripted(async (request) => {
    asked.push(request.agent);
    const reply = (await replies[request.agent]?.(request)) ?? text(`${request.agent} says it`);
    ended.push(request.agent);
    return reply;
  });
  const means = { models: oneModel(provider), tools };
  let worker = await bench.startWorker(means);
  return {
    client,
    folder: bench.folder,
    script(byAgent = {}) {
      replies = byAgent;
      asked = [];
      ended = [];
    },
    asked: () => asked,
    ended: () => ended,
    async failing(team, input = 'go') {
      const { run } = await client.start(team, input);
      await expect(client.result(run)).rejects.toMatchObject({ name: 'BatonError' });
      return run;
    },
    async finished(team, input = 'go') {
      const { run } = await client.start(team, input);
      await client.result(run);
      return run;
    },
    async waitingIn(run) {
      for await (const _ of client.watch(run)) {
        const [found] = await client.approvals({ run });
        if (found !== undefined) return found;
      }
      throw new Error(`${run} ended without a question`);
    },
    async decide({ id: approval, hash, run }, verdict) {
      await client.decide({ approval, hash, verdict, by: 'ann' }, { run });
    },
    async newWorker() {
      await worker.stop();
      worker = await bench.startWorker({ ...means, ...openStore(store) });
    },
    stopWorker: () => worker.stop(),
    async close() {
      await client.close();
      await bench.close();
    },
  };
}

export async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the condition was not met within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
