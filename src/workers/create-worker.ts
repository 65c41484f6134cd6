import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Notifier } from '../activities/notify/notifier';
import { DEFAULT_TASK_QUEUE, poolQueue, roleQueue } from '../contract/names';
import type { Embedder } from '../embedding/embedder';
import type { Models } from '../models/models';
import { openTraffic, type Traffic } from '../models/traffic/traffic';
import { type Redactor, redactorFor } from '../secrets/redactor';
import type { Store } from '../threads/store';
import type { Tool } from '../tools/tool';
import { activitiesOf, type WorkerRole } from './activities-of-role';
import { activityScope } from './activity-scope';
import { fleetLink } from './fleet-link';
import { forWorkflows } from './for-workflows';
import { failuresWithout, modelsWithout, toolsWithout } from './without-secrets';
import { workerTuner } from './worker-tuner';
import { workflowSource } from './workflow-source';

/** `embedded`: a cancellation is heard within half a second. `server`: five, for servers where a heartbeat is billed. */
export type WorkerProfile = 'embedded' | 'server';

export interface BatonWorkerOptions {
  readonly connection: NativeConnection;
  /** @default 'default' */
  readonly namespace?: string;
  /** Queue of the runs; roles of their own poll the queue that `roleQueue` names after it. @default DEFAULT_TASK_QUEUE */
  readonly taskQueue?: string;
  /** @default 'all' */
  readonly role?: WorkerRole;
  /** @default 'embedded' */
  readonly profile?: WorkerProfile;
  /** Must be reached by every worker and client of the same runs. */
  readonly store: Store;
  readonly models: Models;
  readonly tools: Iterable<Tool>;
  /** What `route` steps compare messages with examples by. @default a small English one, which works offline */
  readonly embedder?: Embedder;
  /** How people are told of questions, by runs that are started with `notify`. @default none */
  readonly notifiers?: readonly Notifier[];
  /** Turns worker versioning on: a run stays on the build it began with. @default none: unversioned */
  readonly buildId?: string;
  /** @default 'baton' */
  readonly deploymentName?: string;
  /** How long a stopping worker lets its calls finish before it cancels them; they are then retried elsewhere. @default 10,000 */
  readonly shutdownGraceMs?: number;
  /** A provider that sends nothing for so many milliseconds has stalled. @default STALL_TIMEOUT_MS */
  readonly stallTimeoutMs?: number;
  /** Shared by the workers of one process. @default one of its own */
  readonly traffic?: Traffic;
  /** With a failure converter it must be made with that one. @default the bundle of the build, or the sources when run from TypeScript */
  readonly workflowBundle?: NonNullable<WorkerOptions['workflowBundle']>;
  /** Takes secrets out of what tools and models bring and of every failure. @default those of the process's environment */
  readonly redactor?: Redactor;
  /** Codecs and payload storage, as `openStore` gives them; the client must have the same. */
  readonly dataConverter?: DataConverter;
}

/**
 * Measured on two busy cores: an open call costs 7 ms of CPU a second embedded, 5 of them the Temporal server's; 3 ms, of
 * them 1, with `server`.
 */
const HEARTBEAT_THROTTLE_MS: Readonly<Record<WorkerProfile, number>> = { embedded: 300, server: 5_000 };

/** Errors that only a mistake in workflow code raises. A run that waits for them to go away would wait for ever. */
const PROGRAMMING_ERRORS = [
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'EvalError',
  'URIError',
];

/**
 * A worker for Baton's runs, not yet running. Throws InvalidInput for tools that do not fit together, and the SDK's errors where
 * the workflow bundle is missing or broken.
 */
export async function createBatonWorker(options: BatonWorkerOptions): Promise<Worker> {
  const { role = 'all', taskQueue = DEFAULT_TASK_QUEUE } = options;
  return Worker.create({
    ...workerOptions(role, options),
    taskQueue: role === 'models' || role === 'tools' ? roleQueue(taskQueue, role) : taskQueue,
  });
}

/**
 * Workers for the pools of models whose calls have a queue of their own, at the rate that the server holds for the whole
 * fleet; none where the role calls no models. They belong beside the worker of {@link createBatonWorker}, in the same process.
 */
export function createPoolWorkers(options: BatonWorkerOptions): Promise<readonly Worker[]> {
  const { role = 'all', taskQueue = DEFAULT_TASK_QUEUE, models } = options;
  const queues = role === 'all' || role === 'models' ? (models.queues ?? []) : [];
  return Promise.all(
    queues.map(({ name, requestsPerSecond }) =>
      Worker.create({
        ...workerOptions('models', options),
        taskQueue: poolQueue(taskQueue, name),
        ...(requestsPerSecond === undefined ? {} : { maxTaskQueueActivitiesPerSecond: requestsPerSecond }),
      }),
    ),
  );
}

function workerOptions(role: WorkerRole, options: BatonWorkerOptions): Omit<WorkerOptions, 'taskQueue'> {
  const { profile = 'embedded' } = options;
  const redactor = options.redactor ?? redactorFor(process.env);
  const workflows = workflowsOf(role, options);
  return {
    connection: options.connection,
    namespace: options.namespace ?? 'default',
    // It is written into every event of every history.
    identity: `baton@${process.pid}`,
    ...(options.dataConverter === undefined ? {} : { dataConverter: forWorkflows(options.dataConverter) }),
    ...workflows,
    activities: activitiesOf(role, {
      ...options,
      traffic: options.traffic ?? trafficOf(options),
      tools: toolsWithout(redactor, options.tools),
      models: modelsWithout(redactor, options.models),
    }),
    interceptors: { ...workflows.interceptors, activity: [activityScope, failuresWithout(redactor)] },
    ...versioning(options),

    tuner: workerTuner(),
    // Tasks for a dead worker's cache wait this long before another worker gets them; the SDK's 10 s are most of a recovery.
    // A live worker takes its tasks within milliseconds, its workflow thread busy or not.
    stickyQueueScheduleToStartTimeout: '500ms',
    // A cancellation travels back on a heartbeat: left to 0.8 of the heartbeat timeout it takes seconds.
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS[profile],
    defaultHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS[profile],
    shutdownGraceTime: options.shutdownGraceMs ?? 10_000,
    // Never NondeterminismError and never Error, which would include it: such a run waits for its code to come back.
    workflowFailureErrorTypes: { '*': [...PROGRAMMING_ERRORS] },
  };
}

/** The way of this worker's model calls: what it knows of their pools it shares with all workers of the queue. */
export function trafficOf(
  options: Pick<BatonWorkerOptions, 'connection' | 'namespace' | 'taskQueue' | 'dataConverter'>,
): Traffic {
  const { connection, namespace = 'default', taskQueue = DEFAULT_TASK_QUEUE, dataConverter } = options;
  const client = new Client({
    connection,
    namespace,
    ...(dataConverter === undefined ? {} : { dataConverter }),
  });
  return openTraffic(fleetLink(client, taskQueue));
}

function workflowsOf(role: WorkerRole, options: BatonWorkerOptions): Partial<WorkerOptions> {
  if (role === 'models' || role === 'tools') return {};
  if (options.workflowBundle !== undefined) return { workflowBundle: options.workflowBundle };
  return workflowSource(options.dataConverter?.failureConverterPath !== undefined);
}

/** What unversioned workers are called. The SDK's own name for them is a hundred bytes in three events of every step. */
const UNVERSIONED = 'baton';

function versioning({ buildId, deploymentName = 'baton' }: BatonWorkerOptions): Partial<WorkerOptions> {
  if (buildId === undefined) return { buildId: UNVERSIONED };
  return {
    workerDeploymentOptions: {
      version: { buildId, deploymentName },
      useWorkerVersioning: true,
      // A run's history is only sure to replay on the code that wrote it.
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
