import { proxyLocalActivities } from '@temporalio/workflow';
import type { BatonActivities } from '../contract/activities';
import type { RunSettings } from '../contract/run';
import { choreOptions } from './activity-options';
import { inTurn } from './in-turn';

/** The workflow's time, kept in history: every replay is told the same, whatever it takes for the time itself. */
export function toldTime(settings: RunSettings): Promise<number> {
  const { keepTime } = proxyLocalActivities<BatonActivities>(choreOptions({ settings }, 'keep the time'));
  return inTurn(keepTime(Date.now()));
}
