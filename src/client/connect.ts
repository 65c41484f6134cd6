import { Client, type Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Decision, Delegation, Edit } from '../contract/approvals/approval';
import type { Json } from '../contract/json';
import { DEFAULT_TASK_QUEUE } from '../contract/names';
import type { RunView } from '../contract/run/view';
import { connectToServer } from '../server/connect-to-server';
import { contentOf } from '../threads/data-scope';
import { openStore, type StoreOptions } from '../threads/open-store';
import { storeSettings } from '../threads/store-from-environment';
import { type AgentRegistry, agentRegistry } from './agents';
import { approvals, type InboxOptions, type WaitingApproval } from './approvals';
import { type AwaitEventOptions, awaitEvent } from './await-event';
import { BatonError } from './baton-error';
import { cancel } from './cancel';
import type { ClientContext } from './client-context';
import { type AnswerOptions, type DecideOptions, decide, delegate, editCall } from './decide';
import { type DescribedRun, describe } from './describe';
import { type EmitOptions, emit } from './emit';
import { type FailedOptions, type FailedRun, failed } from './failed';
import { findApproval } from './find-approval';
import { type ForgetOptions, type Forgotten, forget } from './forget';
import { type ForkChanges, type ForkOptions, fork } from './fork';
import { type ListedRun, type ListOptions, list } from './list';
import { listExecutions } from './list-executions';
import { openSession, type SessionOptions } from './open-session';
import { type PauseOptions, pause, unpause } from './pause';
import { type ProviderPool, providers } from './providers';
import { type FinishedRun, result } from './result';
import { type ResumeOptions, resume } from './resume';
import { type RetriedRun, type RetryOptions, retry } from './retry';
import type { SettingsProfile } from './run-settings';
import { hasSearchAttributes } from './search-attributes';
import { explained, explainServerError } from './server-error';
import { type Session, session } from './session';
import { type StartedRun, type StartOptions, start } from './start';
import { isPolled } from './task-queue';
import { view } from './view';
import { type WatchOptions, watch } from './watch';

export interface ConnectOptions {
  /** `host:port`. @default the Temporal environment-config profile, TEMPORAL_ADDRESS, or localhost:7233 */
  readonly address?: string;
  /** The rest of what a connection needs, TLS or a key, where the profile does not say it. */
  readonly connectionOptions?: ConnectionOptions;
  /** @default the profile's, TEMPORAL_NAMESPACE, or `default` */
  readonly namespace?: string;
  /** @default 'baton' */
  readonly taskQueue?: string;
  /** @default 'embedded', with heartbeats every 2 s; 'server' sends them every 10 s */
  readonly profile?: SettingsProfile;
  /** Where large inputs and outputs are kept, and what encrypts; it must be the workers' own. @default what BATON_STORE and BATON_KEYS say */
  readonly store?: StoreOptions;
  /** A connection that stays its owner's: `close` leaves it open. Replaces `address`. */
  readonly connection?: Connection;
}

/** Everything that a program does with runs. Each method says what it throws where it is defined. */
export interface BatonClient {
  readonly context: ClientContext;
  start(team: unknown, input: Json, options?: StartOptions): Promise<StartedRun>;
  view(run: string): Promise<RunView>;
  watch(run: string, options?: WatchOptions): AsyncGenerator<RunView, void, undefined>;
  result(run: string): Promise<FinishedRun>;
  approvals(options?: InboxOptions): Promise<readonly WaitingApproval[]>;
  /** The waiting approval of that id, to be shown before it is decided. */
  approval(id: string, run?: string): Promise<WaitingApproval>;
  decide(decision: Decision, options?: DecideOptions): Promise<WaitingApproval>;
  /** Hands a question to somebody else. */
  delegate(delegation: Delegation, options?: AnswerOptions): Promise<WaitingApproval>;
  /** Puts other arguments in place of a held call's; whoever approves then approves those. */
  editCall(edit: Edit, options?: AnswerOptions): Promise<WaitingApproval>;
  cancel(run: string, reason?: string): Promise<void>;
  /** Raises an event for the steps of a run that wait for it. */
  emit(run: string, event: string, sent?: { payload?: Json; options?: EmitOptions }): Promise<void>;
  /** Waits until an event has been raised in a run, by a step or a client, and returns what it brought. */
  awaitEvent(run: string, event: string, options?: AwaitEventOptions): Promise<Json>;
  pause(run: string, options?: PauseOptions): Promise<void>;
  unpause(run: string): Promise<void>;
  resume(run: string, options?: ResumeOptions): Promise<StartedRun>;
  fork(run: string, changes: ForkChanges, options?: ForkOptions): Promise<StartedRun>;
  /** What failed, whole runs and parts of results, with the reasons. */
  failed(options?: FailedOptions): Promise<readonly FailedRun[]>;
  /** Takes up all that failed. */
  retry(options: RetryOptions): Promise<readonly RetriedRun[]>;
  /** Makes what a run said and stored unreadable for everybody. */
  forget(run: string, options?: ForgetOptions): Promise<Forgotten>;
  /** Opens a long conversation with a team. */
  openSession(team: unknown, options?: SessionOptions): Promise<Session>;
  /** A session that was opened before, by its id. */
  session(id: string): Session;
  /** The agents that teams ask for by name or capability. */
  readonly agents: AgentRegistry;
  list(options?: ListOptions): Promise<readonly ListedRun[]>;
  /** Circuits and limits of the models, as all workers of the client's queue share them. */
  providers(): Promise<readonly ProviderPool[]>;
  describe(run: string): Promise<DescribedRun>;
  /** Whether a worker has asked the client's queue for work within the last minute. */
  hasWorker(): Promise<boolean>;
  close(): Promise<void>;
}

/** Connects to a Temporal server. Throws TemporalUnreachable, ServerRefused. */
export async function connect(options: ConnectOptions = {}): Promise<BatonClient> {
  const context = await openContext(options);
  return {
    context,
    start: (team, input, startOptions) => start(context, { team, input }, startOptions),
    view: (run) => view(context, run),
    providers: () => providers(context),
    watch: (run, watchOptions) => watch(context, run, watchOptions),
    result: (run) => result(context, run),
    approvals: (inboxOptions) => approvals(context, inboxOptions),
    approval: (id, run) => findApproval(context, id, run),
    decide: (decision, decideOptions) => decide(context, decision, decideOptions),
    delegate: (delegation, answerOptions) => delegate(context, delegation, answerOptions),
    editCall: (edit, answerOptions) => editCall(context, edit, answerOptions),
    cancel: (run, reason) => cancel(context, run, reason),
    emit: (run, event, { payload = null, ...sent } = {}) => emit(context, run, { event, payload, ...sent }),
    awaitEvent: (run, event, options = {}) => awaitEvent(context, run, { event, options }),
    pause: (run, pauseOptions) => pause(context, run, pauseOptions),
    unpause: (run) => unpause(context, run),
    resume: (run, resumeOptions) => explained(context, () => resume(context, run, resumeOptions), run),
    fork: (run, changes, options = {}) =>
      explained(context, () => fork(context, run, { changes, options }), run),
    failed: (failedOptions) => failed(context, failedOptions),
    retry: (retryOptions) => retry(context, retryOptions),
    forget: (run, forgetOptions) => forget(context, run, forgetOptions),
    openSession: async (team, sessionOptions) =>
      session(context, await openSession(context, team, sessionOptions)),
    session: (id) => session(context, id),
    agents: agentRegistry(context),
    list: (listOptions) => list(context, listOptions),
    describe: (run) => describe(context, run),
    hasWorker: () => explained(context, () => isPolled(context)),
    close: async () => {
      if (options.connection === undefined) await context.connection.close();
    },
  };
}

/** A dead address is told within so many milliseconds. */
const CONNECT_TIMEOUT_MS = 3_000;

async function openContext(options: ConnectOptions): Promise<ClientContext> {
  const profile = loadClientConnectConfig();
  const address =
    options.address ??
    options.connectionOptions?.address ??
    profile.connectionOptions.address ??
    'localhost:7233';
  const namespace = options.namespace ?? profile.namespace ?? 'default';
  const connection =
    options.connection ??
    (await open({ ...profile.connectionOptions, ...options.connectionOptions, address }, namespace));
  const { store, dataConverter, keys } = openStore(options.store ?? storeSettings(process.env));
  const clientOptions = { connection, namespace, dataConverter };
  const temporal = new Client(clientOptions);
  let asked: Promise<boolean> | undefined;
  const context: ClientContext = {
    temporal,
    connection,
    address,
    namespace,
    taskQueue: options.taskQueue ?? DEFAULT_TASK_QUEUE,
    listExecutions: listExecutions(clientOptions),
    contentOf: (run) => contentOf(run, store.content),
    registry: store.registry,
    ...(keys === undefined ? {} : { keys }),
    profile: options.profile ?? 'embedded',
    searchAttributes: () => {
      asked ??= hasSearchAttributes(connection, namespace);
      return asked;
    },
  };
  return context;
}

async function open(
  options: ConnectionOptions & { address: string },
  namespace: string,
): Promise<Connection> {
  try {
    return await connectToServer({ ...options, connectTimeout: CONNECT_TIMEOUT_MS });
  } catch (error) {
    const told = explainServerError(error, { address: options.address, namespace });
    // Whatever else keeps a connection from being made: the SDK has several words for it.
    throw told instanceof BatonError
      ? told
      : new BatonError('TemporalUnreachable', `No Temporal server answers at ${options.address}.`, {
          cause: error,
        });
  }
}
