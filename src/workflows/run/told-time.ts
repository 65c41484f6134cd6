import { proxyActivities } from '@temporalio/workflow';
import type { BatonActivities } from '../../contract/activities';
import type { RunSettings } from '../../contract/run/run';
import { choreOptions } from '../calls/activity-options';

/**
 * The workflow's time, kept in history: every replay is told the same, whatever it takes for the time itself. No local
 * activity: what a replay is told of one, it is told before the signals and updates that came first.
 */
export function toldTime(settings: RunSettings): Promise<number> {
  const { keepTime } = proxyActivities<BatonActivities>(choreOptions({ settings }, 'keep the time'));
  return keepTime(Date.now());
}
