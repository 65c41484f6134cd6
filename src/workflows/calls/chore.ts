import {
  type ActivityOptions,
  type LocalActivityOptions,
  patched,
  scheduleActivity,
  scheduleLocalActivity,
} from '@temporalio/workflow';
import type { BatonActivities } from '../../contract/activities';
import { inTurn } from '../run/in-turn';
import type { Run } from '../run/run';
import { choreOptions } from './activity-options';

/** Goes ahead of model calls that wait for a place on a busy worker: a step that others wait for waits for this. */
const AHEAD = { priorityKey: 1 };

/** A small piece of engine work on the run's own queue. Throws what that activity throws. */
export function chore<Name extends keyof BatonActivities>(
  run: Pick<Run, 'settings'>,
  summary: string,
  name: Name,
  ...args: Parameters<BatonActivities[Name]>
): Promise<Awaited<ReturnType<BatonActivities[Name]>>> {
  return onOwnQueue(name, args, choreOptions(run, summary));
}

/**
 * An activity where the run's workflows run. It is no local one, though that would be six events less: the SDK (1.24)
 * writes histories with several local activities that nothing replays, where a query is answered while one comes back, and
 * where what it brings ends a timer that was set in the same task. Executions that began with local ones go on as they were.
 */
export function onOwnQueue<Result>(
  activity: string,
  args: unknown[],
  options: ActivityOptions & LocalActivityOptions,
): Promise<Result> {
  return patched('no-local-activities')
    ? scheduleActivity<Result>(activity, args, { ...options, priority: AHEAD })
    : inTurn(scheduleLocalActivity<Result>(activity, args, options));
}
