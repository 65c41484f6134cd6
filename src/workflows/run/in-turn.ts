import { condition } from '@temporalio/workflow';

const waiting: object[] = [];

/**
 * The result of a local activity, in its turn: what follows from one has begun before the next is told. Several results
 * may reach a replay in one activation that came in several before, and what follows from them side by side would then
 * begin in another order than history has. A condition is looked at only when nothing else is left to run.
 */
export async function inTurn<T>(activity: Promise<T>): Promise<T> {
  const [ended] = await Promise.allSettled([activity]);
  const turn = {};
  waiting.push(turn);
  try {
    await condition(() => waiting[0] === turn);
  } finally {
    waiting.splice(waiting.indexOf(turn), 1);
  }
  if (ended.status === 'rejected') throw ended.reason;
  return ended.value;
}
