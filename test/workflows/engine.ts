import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { NativeConnection, Worker } from '@temporalio/worker';
import type { Notifier } from '../../src/activities/notify/notifier';
import type { Approval, DecisionRecord } from '../../src/contract/approvals/approval';
import type { Json } from '../../src/contract/json';
import { DECIDE_SIGNAL, DECIDE_UPDATE, VIEW_QUERY } from '../../src/contract/names';
import { RUN_FORMAT, type RunInput, type RunResult, type RunSettings } from '../../src/contract/run/run';
import type { RunView } from '../../src/contract/run/view';
import type { Team } from '../../src/contract/team/team';
import type { Value } from '../../src/contract/value';
import type { Embedder } from '../../src/embedding/embedder';
import { oneModel } from '../../src/models/models';
import type { Price } from '../../src/models/price';
import type { ModelProvider, ModelRequest, ProviderContext } from '../../src/models/provider';
import { scripted } from '../../src/models/scripted';
import type { ScriptedReply } from '../../src/models/scripted-reply';
import { createTestEnvironment } from '../../src/testing/environment';
import { openLocalStore } from '../../src/threads/local-store';
import { resolveValue } from '../../src/threads/resolve-value';
import type { Store } from '../../src/threads/store';
import type { Tool } from '../../src/tools/tool';
import { createBatonWorker } from '../../src/workers/create-worker';
import { misfits } from '../replay/misfits';
import { workflowBundle } from '../setup/workflow-bundle';

const SCHEDULED = temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;

type AgentReply = (request: ModelRequest, context: ProviderContext) => ScriptedReply | Promise<ScriptedReply>;

export interface StartedRun {
  readonly id: string;
  result(): Promise<RunResult>;
  view(): Promise<RunView>;
  /** The approval that waits, once one does. */
  waiting(): Promise<Approval>;
  decide(decision: object): Promise<DecisionRecord | null>;
  /** Another of the questions' updates. */
  update(name: string, word: object): Promise<Approval>;
  signal(decision: object): Promise<void>;
  /** Any other signal. */
  tell(signal: string, what: unknown): Promise<void>;
  cancel(): Promise<void>;
  history(): Promise<temporal.api.history.v1.IHistoryEvent[]>;
  /** Activities whose last try has failed and that wait for the next. */
  resting(): Promise<number>;
  /** How often the execution continued as new, plus one. */
  executions(): Promise<number>;
}

/** A real worker on a real server with a real store; only the model is scripted, by agent. */
export interface Engine {
  /** The worker's own. */
  readonly store: Store;
  readonly taskQueue: string;
  replies(byAgent: Readonly<Record<string, AgentReply>>): void;
  /** Calls to this agent's model since `replies`. */
  asked(agent: string): number;
  start(
    team: Team,
    input: Json,
    settings?: Partial<RunSettings>,
    more?: (id: string, given: RunInput) => Partial<RunInput>,
  ): Promise<StartedRun>;
  run(team: Team, input: Json): Promise<RunResult>;
  /** The JSON that a value stands for, wherever it is. */
  valueOf(value: Value): Promise<Json>;
  attach(workflowId: string): StartedRun;
  until(met: () => boolean | Promise<boolean>): Promise<void>;
  /** Workflow ids of the running executions that a visibility query finds. */
  listed(query: string): Promise<string[]>;
  sleep(duration: string): Promise<void>;
  /** Ends the worker, and throws where one of the histories seen here does not replay. */
  stop(): Promise<void>;
}

export async function startEngine(
  options: {
    tools?: readonly Tool[];
    timeSkipping?: boolean;
    price?: Price;
    notifiers?: readonly Notifier[];
    embedder?: Embedder;
    /** The worker's own way to the server. */
    connection?: NativeConnection;
  } = {},
): Promise<Engine> {
  const server = await createTestEnvironment({ time: options.timeSkipping === true ? 'skipping' : 'real' });
  const folder = await mkdtemp(join(tmpdir(), 'baton-engine-'));
  const store = openLocalStore({ folder });
  const taskQueue = `test-${randomUUID()}`;
  let agents: Readonly<Record<string, AgentReply>> = {};
  let counts = new Map<string, number>();
  const provider: ModelProvider = scripted((request, context) => {
    counts.set(request.agent, (counts.get(request.agent) ?? 0) + 1);
    const reply = agents[request.agent];
    if (reply === undefined) throw new Error(`no reply for agent ${request.agent}`);
    return reply(request, context);
  });
  const worker = await createBatonWorker({
    connection: options.connection ?? server.nativeConnection,
    namespace: server.namespace ?? 'default',
    taskQueue,
    workflowBundle: workflowBundle(),
    store,
    models: oneModel(provider, options.price === undefined ? {} : { price: options.price }),
    tools: options.tools ?? [],
    notifiers: options.notifiers ?? [],
    ...(options.embedder === undefined ? {} : { embedder: options.embedder }),
  });
  const running = worker.run();
  const seen = new Set<string>();
  const attach = (workflowId: string) => {
    seen.add(workflowId);
    return startedRun(server.client, server.client.workflow.getHandle(workflowId));
  };

  const engine: Engine = {
    store,
    taskQueue,
    replies(byAgent) {
      agents = byAgent;
      counts = new Map();
    },
    asked: (agent) => counts.get(agent) ?? 0,
    attach,
    valueOf: (value) => resolveValue(value, store.content),
    async start(team, input, settings = {}, more = () => ({})) {
      const workflowId = `${team.name}-${randomUUID().slice(0, 8)}`;
      const base: RunSettings = {
        heartbeatTimeoutMs: 2000,
        patienceMs: 3_600_000,
        searchAttributes: true,
        maxHistoryEvents: 2000,
      };
      const given: RunInput = {
        format: RUN_FORMAT,
        team,
        input: { inline: input },
        settings: { ...base, ...settings },
      };
      await server.client.workflow.start('runTeam', {
        workflowId,
        taskQueue,
        args: [{ ...given, ...more(workflowId, given) }],
      });
      return attach(workflowId);
    },
    async run(team, input) {
      return (await engine.start(team, input)).result();
    },
    until,
    async listed(query) {
      const ids: string[] = [];
      for await (const { workflowId } of server.client.workflow.list({
        query: `${query} AND ExecutionStatus = "Running"`,
      }))
        ids.push(workflowId);
      return ids;
    },
    sleep: (duration) => server.sleep(duration as '1h'),
    async stop() {
      await stopWorker(worker, running);
      const histories = await Promise.all([...seen].map((id) => historyOf(server.client, id)));
      expect(await misfits(histories)).toEqual([]);
      await server.teardown();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return engine;
}

function startedRun(client: Client, handle: WorkflowHandle): StartedRun {
  const view = () => handle.query<RunView>(VIEW_QUERY);
  const history = async () => (await handle.fetchHistory()).events ?? [];
  return {
    id: handle.workflowId,
    view,
    history,
    result: () => handle.result() as Promise<RunResult>,
    async waiting() {
      let found: Approval | undefined;
      await until(async () => {
        found = (await view()).approvals.find((approval) => approval.decision === undefined);
        return found !== undefined;
      });
      if (found === undefined) throw new Error('nothing waits');
      return found;
    },
    update: (name, word) => handle.executeUpdate(name, { args: [word] }),
    decide: (decision) => handle.executeUpdate(DECIDE_UPDATE, { args: [decision] }),
    signal: (decision) => handle.signal(DECIDE_SIGNAL, decision),
    tell: (signal, what) => handle.signal(signal, what),
    async cancel() {
      await handle.cancel();
    },
    async resting() {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).filter(
        ({ state, attempt }) => state === SCHEDULED && (attempt ?? 0) > 1,
      ).length;
    },
    async executions() {
      const { workflowId } = handle;
      let count = 0;
      for await (const _ of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) count += 1;
      return count;
    },
  };
}

async function stopWorker(worker: Worker, running: Promise<void>): Promise<void> {
  worker.shutdown();
  await running;
}

async function historyOf(client: Client, workflowId: string) {
  return { workflowId, history: await client.workflow.getHandle(workflowId).fetchHistory() };
}

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the condition was not met within a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Everything that the last message says, tool results included. */
export function lastText(request: ModelRequest): string {
  return (request.messages.at(-1)?.content ?? [])
    .map((part) => (part.type === 'text' ? part.text : part.type === 'toolResult' ? part.content : ''))
    .join('\n');
}

/** How often the model has answered before in this conversation. */
export function turnOf(request: ModelRequest): number {
  return request.messages.filter((message) => message.role === 'assistant').length;
}

export function isFirstTurn(request: ModelRequest): boolean {
  return turnOf(request) === 0;
}
