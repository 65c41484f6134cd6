import { Context } from '@temporalio/activity';
import type { BatonActivities } from '../contract/activities';
import { failure } from '../contract/fail';
import type { Notifier } from './notify/notifier';

/**
 * Tells people of a question in every way that this worker has. A way that fails has all of them tried again, with the same
 * notice: see {@link Notifier}. A crash in the middle sends it once more. Throws NoticeNotSent.
 */
export function createNotify(notifiers: readonly Notifier[]): BatonActivities['notify'] {
  return async (notice) => {
    const { cancellationSignal } = Context.current();
    const sent = await Promise.allSettled(notifiers.map((each) => each.send(notice, cancellationSignal)));
    const failed = sent.flatMap((each, index) =>
      each.status === 'fulfilled' ? [] : [`${notifiers[index]?.name}: ${messageOf(each.reason)}`],
    );
    if (failed.length > 0)
      throw failure('NoticeNotSent', `The notice ${notice.id} was not delivered. ${failed.join('; ')}.`);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
