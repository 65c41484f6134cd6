import { MOVE_ON_SIGNAL, WORKFLOW_TYPES } from '../contract/names';
import { BatonError } from './baton-error';
import type { ClientContext } from './client-context';
import { grpcCode } from './server-error';

/** Open workflows of one build that are named; the rest is counted. */
const NAMED = 20;

const NOT_FOUND = 5;

export interface DeployedVersion {
  readonly deployment: string;
  readonly buildId: string;
}

/** What keeps a build alive. */
export interface OpenRuns {
  /** Open workflows that end on it, children and sessions included. */
  readonly open: number;
  /** Ids of some of them, the oldest first. */
  readonly runs: readonly string[];
}

/** Open workflows that are pinned to a build. Throws InvalidInput. */
export async function openRuns(
  context: ClientContext,
  { deployment, buildId }: DeployedVersion,
): Promise<OpenRuns> {
  const query = `TemporalWorkerDeploymentVersion = '${versionName(deployment, buildId)}' AND ExecutionStatus = 'Running'`;
  const { count } = await context.temporal.workflow.count(query);
  const runs: { id: string; at: number }[] = [];
  if (count > 0)
    for await (const { workflowId, startTime } of context.listExecutions({ query, pageSize: 100 })) {
      runs.push({ id: workflowId, at: startTime.getTime() });
      if (runs.length >= NAMED) break;
    }
  const ids = runs.sort((left, right) => left.at - right.at).map(({ id }) => id);
  return { open: Math.max(count, ids.length), runs: ids };
}

/**
 * Tells open sessions and registries of older builds to go on, on the current one, in a new execution: one that nobody
 * writes to would keep its build alive for ever. Runs stay where they are. Returns how many were told.
 */
export async function moveOn(
  context: ClientContext,
  { deployment, buildId }: DeployedVersion,
): Promise<number> {
  const here = versionName(deployment, buildId);
  const query = `TemporalWorkerDeployment = '${deployment}' AND TemporalWorkerDeploymentVersion != '${here}' AND ExecutionStatus = 'Running' AND WorkflowType IN ('${WORKFLOW_TYPES.session}', '${WORKFLOW_TYPES.registry}')`;
  let told = 0;
  for await (const { workflowId, runId } of context.listExecutions({ query, pageSize: 100 }))
    try {
      await context.temporal.workflow.getHandle(workflowId, runId).signal(MOVE_ON_SIGNAL);
      told += 1;
    } catch (error) {
      // It has ended, or moved, in the meantime.
      if (grpcCode(error) !== NOT_FOUND) throw error;
    }
  return told;
}

function versionName(deployment: string, buildId: string): string {
  const name = `${deployment}:${buildId}`;
  if (!/^[\w.:-]+$/.test(name)) throw new BatonError('InvalidInput', `"${buildId}" is no build id.`);
  return name;
}
