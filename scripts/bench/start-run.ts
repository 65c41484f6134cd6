import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { runSettings } from '../../src/client/run-settings';
import { taskPriority } from '../../src/client/task-priority';
import { WORKFLOW_TYPES } from '../../src/contract/names';
import { RUN_FORMAT, type RunInput } from '../../src/contract/run/run';
import type { Team } from '../../src/contract/team/team';
import { inline, type Value } from '../../src/contract/value';
import { TASK_QUEUES } from './arm-setup';
import type { BenchPlace } from './bench-place';

export interface StartBatonOptions {
  /** @default 'begin' */
  readonly input?: Value;
  /** @default the queue of the `baton` arm */
  readonly taskQueue?: string;
  readonly tenant?: string;
}

/** Both arms with the settings that Baton's client gives its own server. */
export function startBaton(
  { client }: BenchPlace,
  team: Team,
  { input = inline('begin'), taskQueue = TASK_QUEUES.baton, tenant }: StartBatonOptions = {},
): Promise<WorkflowHandle> {
  const settings = runSettings({ team, profile: 'embedded', taskQueue, searchAttributes: true });
  const runInput: RunInput = { format: RUN_FORMAT, team, input, settings };
  return client.workflow.start(WORKFLOW_TYPES.team, {
    workflowId: `${team.name}-${randomUUID()}`,
    taskQueue,
    ...(settings.workflowTaskTimeoutMs === undefined
      ? {}
      : { workflowTaskTimeout: settings.workflowTaskTimeoutMs }),
    ...taskPriority({ tenant }),
    args: [runInput],
  });
}

export function startRaw(
  { client }: BenchPlace,
  workflow: string,
  args: readonly [number, string],
): Promise<WorkflowHandle> {
  return client.workflow.start(workflow, {
    workflowId: `${workflow}-${randomUUID()}`,
    taskQueue: TASK_QUEUES.raw,
    workflowTaskTimeout: 2000,
    args: [...args],
  });
}

/**
 * Waits for a run and gives its length by the server's clock: from its start to its close. A client may learn of a close
 * seconds after it. Throws what the run failed with.
 */
export async function runLengthMs(handle: WorkflowHandle): Promise<number> {
  await handle.result();
  const { startTime, closeTime } = await handle.describe();
  if (closeTime === undefined) throw new Error(`${handle.workflowId} is not closed`);
  return closeTime.getTime() - startTime.getTime();
}
