import { POOL_QUERY, WORKFLOW_TYPES } from '../contract/names';
import { POOL_MEMO, type PoolMemory, type PoolState, poolId, QUIET_POOL } from '../contract/pool';
import type { ClientContext } from './client-context';
import { explained } from './server-error';

/** What the workers of a queue know together of one pool of models. */
export interface ProviderPool {
  readonly pool: string;
  readonly state: PoolState;
  /** Absent where no worker answers: trips, limits and what is left of them. */
  readonly memory?: Pick<PoolMemory, 'trips' | 'lastTrip' | 'limits' | 'bucket' | 'waiting'>;
}

/** A worker answers at once; where none runs, the state alone is shown. */
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * The pools of the client's queue of which anything has been told within the last hour: circuits that were opened, waits
 * that were asked for, limits that are shared. A search, a second or so behind. Throws TemporalUnreachable.
 */
export async function providers(context: ClientContext): Promise<readonly ProviderPool[]> {
  const prefix = poolId(context.taskQueue, '');
  return explained(context, async () => {
    const pools: ProviderPool[] = [];
    const query = `WorkflowType = '${WORKFLOW_TYPES.pool}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of context.listExecutions({ query, pageSize: 100 }))
      if (workflowId.startsWith(prefix))
        pools.push({ pool: workflowId.slice(prefix.length), ...(await stateOf(context, workflowId)) });
    return pools.sort((left, right) => left.pool.localeCompare(right.pool));
  });
}

async function stateOf(context: ClientContext, workflowId: string): Promise<Omit<ProviderPool, 'pool'>> {
  const handle = context.temporal.workflow.getHandle(workflowId);
  try {
    const { circuit, heldUntil, ...memory } = await context.temporal.withDeadline(
      Date.now() + ANSWER_TIMEOUT_MS,
      () => handle.query<PoolMemory>(POOL_QUERY),
    );
    return { state: { circuit, heldUntil }, memory };
  } catch {
    const { memo } = await handle.describe();
    return { state: (memo?.[POOL_MEMO] as PoolState | undefined) ?? QUIET_POOL };
  }
}
