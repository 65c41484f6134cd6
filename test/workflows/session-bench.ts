import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatonClient, connect } from '../../src/client/connect';
import { openSession } from '../../src/client/open-session';
import { oneModel } from '../../src/models/models';
import type { ModelRequest } from '../../src/models/provider';
import { scripted } from '../../src/models/scripted';
import type { ScriptedReply } from '../../src/models/scripted-reply';
import { createTestEnvironment } from '../../src/testing/environment';
import { openLocalStore } from '../../src/threads/local-store';
import type { Store } from '../../src/threads/store';
import type { Tool } from '../../src/tools/tool';
import { createBatonWorker } from '../../src/workers/create-worker';
import { misfits, type NamedHistory } from '../replay/misfits';
import { workflowBundle } from '../setup/workflow-bundle';
import { lastText } from './engine';

/** What a team is given with each message. */
export interface SessionRequest {
  readonly session: string;
  readonly identity: unknown;
  readonly summary: unknown;
  readonly conversation: readonly { readonly from: string; readonly text: unknown }[];
  readonly message: string;
}

export interface SessionBench {
  readonly client: BatonClient;
  /** Requests that reached the model, by agent, in order. */
  readonly asked: readonly { readonly agent: string; readonly given: SessionRequest }[];
  replies(reply: (given: SessionRequest, agent: string) => ScriptedReply | Promise<ScriptedReply>): void;
  /** How many executions a session has had. */
  executions(session: string): Promise<number>;
  sleep(duration: string): Promise<void>;
  /** Ends the worker, and throws where a history of these sessions does not replay. */
  stop(sessions: readonly string[]): Promise<void>;
}

export async function openSessionBench(
  options: {
    readonly timeSkipping?: boolean;
    readonly tools?: readonly Tool[];
    /** How long the workers' store takes to store a value. */
    readonly storeMs?: number;
  } = {},
): Promise<SessionBench> {
  const environment = await createTestEnvironment({ time: options.timeSkipping ? 'skipping' : 'real' });
  const { connection, nativeConnection, namespace = 'default' } = environment;
  const folder = await mkdtemp(join(tmpdir(), 'baton-session-'));
  const taskQueue = `session-${randomUUID()}`;
  const asked: { agent: string; given: SessionRequest }[] = [];
  let reply: Parameters<SessionBench['replies']>[0] = () => ({ text: 'nothing to say' });
  const worker = await createBatonWorker({
    connection: nativeConnection,
    namespace,
    taskQueue,
    tools: options.tools ?? [],
    store: slowed(openLocalStore({ folder }), options.storeMs ?? 0),
    workflowBundle: workflowBundle(),
    shutdownGraceMs: 100,
    models: oneModel(
      scripted((request: ModelRequest) => {
        const opening = { ...request, messages: request.messages.slice(0, 1) };
        const given = JSON.parse(lastText(opening)) as SessionRequest;
        asked.push({ agent: request.agent, given });
        return reply(given, request.agent);
      }),
    ),
  });
  const running = worker.run();
  const connected = await connect({ connection, namespace, taskQueue, store: { folder } });
  // Temporal's time-skipping server cannot be asked for its search attributes, nor be searched.
  const context = options.timeSkipping
    ? { ...connected.context, searchAttributes: async () => false }
    : connected.context;
  const client: BatonClient = {
    ...connected,
    openSession: async (...given) => connected.session(await openSession(context, ...given)),
  };
  const found = async (session: string): Promise<{ workflowId: string; runId?: string }[]> => {
    if (options.timeSkipping) return [{ workflowId: session }];
    const executions = [];
    for await (const { workflowId, runId } of client.context.temporal.workflow.list({
      query: `WorkflowId = "${session}"`,
    }))
      executions.push({ workflowId, runId });
    return executions;
  };
  const histories = async (session: string): Promise<NamedHistory[]> =>
    Promise.all(
      (await found(session)).map(async ({ workflowId, runId }) => ({
        workflowId,
        history: await client.context.temporal.workflow.getHandle(workflowId, runId).fetchHistory(),
      })),
    );
  return {
    client,
    asked,
    replies(answering) {
      reply = answering;
    },
    executions: async (session) => (await found(session)).length,
    sleep: (duration) => environment.sleep(duration as '1h'),
    async stop(sessions) {
      worker.shutdown();
      await running;
      const all = (await Promise.all(sessions.map(histories))).flat();
      expect(await misfits(all)).toEqual([]);
      await client.close();
      await environment.teardown();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function slowed(store: Store, storeMs: number): Store {
  if (storeMs === 0) return store;
  const put: Store['content']['put'] = async (value) => {
    await new Promise((wake) => setTimeout(wake, storeMs));
    return store.content.put(value);
  };
  const { content } = store;
  return {
    ...store,
    content: { put, get: (hash) => content.get(hash), has: (hash) => content.has(hash) },
  };
}
