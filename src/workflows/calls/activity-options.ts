import {
  ActivityCancellationType,
  type ActivityOptions,
  type LocalActivityOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { Notice } from '../../contract/approvals/notice';
import type { ToolMeta } from '../../contract/calls/tool-call';
import { failure } from '../../contract/fail';
import { LOCAL_TOOL_TIMEOUT_MS, MODEL_CALL_TIMEOUT } from '../../contract/limits';
import { poolQueue } from '../../contract/names';
import type { RunSettings } from '../../contract/run/run';
import { milliseconds } from '../../contract/team/duration';
import type { Run } from '../run/run';

/** Tries go on until patience or the step's time is over, never by count: an outage must not lose a run. */
const RETRY = { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 30_000 } as const;

/** Engine chores on the local disk: a failure is a full disk or a missing store, and repeating is cheap. */
const CHORE_TIMEOUT_MS = 10_000;

/**
 * Given to a tool beyond its own time, so that the worker's named failure comes first: the server's timeout says only
 * that nothing came, and of a `never` tool that must not be tried again.
 */
const TOOL_REPORT_MS = 2000;

/** Storing every definition of a large team. */
const PREPARE_TIMEOUT_MS = 30_000;

export function choreOptions(
  run: Pick<Run, 'settings'>,
  summary: string,
): ActivityOptions & LocalActivityOptions {
  return {
    startToCloseTimeout: CHORE_TIMEOUT_MS,
    scheduleToCloseTimeout: run.settings.patienceMs,
    retry: { ...RETRY },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    summary,
  };
}

export function localToolOptions(run: Run, summary: string): ActivityOptions & LocalActivityOptions {
  return { ...choreOptions(run, summary), startToCloseTimeout: LOCAL_TOOL_TIMEOUT_MS + TOOL_REPORT_MS };
}

export function prepareOptions(settings: RunSettings): ActivityOptions {
  return {
    startToCloseTimeout: PREPARE_TIMEOUT_MS,
    scheduleToCloseTimeout: settings.patienceMs,
    retry: { ...RETRY },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: 'store definitions, settle tools and models',
  };
}

/** A receiver that takes longer is asked again. */
const NOTICE_TIMEOUT_MS = 30_000;

export function noticeOptions(settings: RunSettings, { event, path, deadlineAt }: Notice): ActivityOptions {
  return {
    startToCloseTimeout: NOTICE_TIMEOUT_MS,
    scheduleToCloseTimeout: Math.max(
      NOTICE_TIMEOUT_MS,
      Math.min(settings.patienceMs, deadlineAt - Date.now()),
    ),
    retry: { ...RETRY },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    summary: `tell people · ${event} · ${path}`,
  };
}

/** Classifying takes milliseconds; training on new examples before it, up to minutes. */
const CLASSIFY_TIMEOUT_MS = 10 * 60_000;

export function classifyOptions(run: Run, summary: string): ActivityOptions {
  return {
    ...common(run, summary, run.deadlineAt),
    startToCloseTimeout: CLASSIFY_TIMEOUT_MS,
    heartbeatTimeout: run.settings.heartbeatTimeoutMs,
  };
}

/** A model call, or a whole packed agent when `timeoutMs` says how long one may honestly take. */
export function modelOptions(
  run: Run,
  summary: string,
  call: { untilMs: number; timeoutMs?: number; pool: string | undefined },
): ActivityOptions {
  return {
    ...common(run, summary, call.untilMs),
    startToCloseTimeout: call.timeoutMs ?? milliseconds(MODEL_CALL_TIMEOUT),
    heartbeatTimeout: run.settings.heartbeatTimeoutMs,
    ...modelsQueue(run, call.pool),
  };
}

function modelsQueue({ settings }: Run, pool: string | undefined): Pick<ActivityOptions, 'taskQueue'> {
  if (pool !== undefined) return { taskQueue: poolQueue(workflowInfo().taskQueue, pool) };
  return settings.modelsQueue === undefined ? {} : { taskQueue: settings.modelsQueue };
}

export function toolOptions(
  run: Run,
  summary: string,
  tool: { meta: ToolMeta; untilMs: number },
): ActivityOptions {
  return {
    ...common(run, summary, tool.untilMs),
    startToCloseTimeout: tool.meta.timeoutMs + TOOL_REPORT_MS,
    heartbeatTimeout: run.settings.heartbeatTimeoutMs,
    ...(run.settings.toolsQueue === undefined ? {} : { taskQueue: run.settings.toolsQueue }),
  };
}

function common(run: Run, summary: string, untilMs: number): ActivityOptions {
  const left = Math.min(untilMs, run.deadlineAt) - Date.now();
  if (left <= 0) throw failure('StepTimedOut', `There is no time left for ${summary}.`);
  return {
    scheduleToCloseTimeout: Math.min(run.settings.patienceMs, left),
    retry: { ...RETRY },
    // Without it a cancelled call would go on, and be paid for, while the workflow has already closed.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary,
  };
}
