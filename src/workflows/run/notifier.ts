import { proxyActivities } from '@temporalio/workflow';
import type { BatonActivities } from '../../contract/activities';
import type { Notice } from '../../contract/approvals/notice';
import type { RunSettings } from '../../contract/run/run';
import { noticeOptions } from '../calls/activity-options';

/**
 * Tells people of questions while the run goes on. A notice is tried again until its question would be answered by
 * silence; one that never arrives fails nothing, since the inbox has the question all the same.
 */
export function notifier(settings: RunSettings): (notice: Notice) => void {
  return (notice) => {
    const { notify } = proxyActivities<BatonActivities>(noticeOptions(settings, notice));
    notify(notice).catch(() => undefined);
  };
}
