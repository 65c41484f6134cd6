import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import { POOL_UPDATE, WORKFLOW_TYPES } from '../contract/names';
import {
  POOL_FORMAT,
  POOL_MEMO,
  type PoolInput,
  type PoolMessage,
  type PoolReply,
  type PoolState,
  poolId,
  QUIET_POOL,
} from '../contract/pool';
import type { Fleet } from '../models/traffic/fleet';

/** A server, or a worker for the pool, that does not answer within these times holds no call up. */
const READ_TIMEOUT_MS = 1_000;
const TELL_TIMEOUT_MS = 5_000;

type Pool = (input: PoolInput) => Promise<void>;

/**
 * The pools of all workers of one task queue. Reading takes the server alone; a message is an Update, which starts the
 * pool where it does not run, on the queue of the runs.
 */
export function fleetLink(client: Client, taskQueue: string): Fleet {
  // The SDK aborts what an activity's client is doing when the activity is cancelled; the fleet must hear of that very end.
  const outside = AsyncLocalStorage.snapshot();
  const within = <T>(ms: number, ask: () => Promise<T>): Promise<T> =>
    outside(() => client.withDeadline(Date.now() + ms, ask));
  return {
    // Several workers may run in one process.
    worker: `${hostname()}/${process.pid}/${randomBytes(3).toString('hex')}`,
    pool: (name) => ({
      read: () => within(READ_TIMEOUT_MS, () => read(client, poolId(taskQueue, name))),
      tell: (message) => within(TELL_TIMEOUT_MS, () => tell(client, { taskQueue, pool: name }, message)),
    }),
  };
}

async function read(client: Client, workflowId: string): Promise<PoolState> {
  try {
    const { status, memo } = await client.workflow.getHandle(workflowId).describe();
    const state = memo?.[POOL_MEMO] as PoolState | undefined;
    return status.name === 'RUNNING' && state !== undefined ? state : QUIET_POOL;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return QUIET_POOL;
    throw error;
  }
}

async function tell(
  client: Client,
  { taskQueue, pool }: { readonly taskQueue: string; readonly pool: string },
  message: PoolMessage,
): Promise<PoolReply> {
  const startWorkflowOperation = new WithStartWorkflowOperation<Pool>(WORKFLOW_TYPES.pool, {
    workflowId: poolId(taskQueue, pool),
    taskQueue,
    args: [{ format: POOL_FORMAT, pool }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `limits and circuit of ${pool}`,
  });
  return client.workflow.executeUpdateWithStart<Pool, PoolReply, [PoolMessage]>(POOL_UPDATE, {
    args: [message],
    startWorkflowOperation,
  });
}
