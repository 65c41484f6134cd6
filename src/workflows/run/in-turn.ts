import { condition } from '@temporalio/workflow';
import { allElse } from './all-else';

const waiting: object[] = [];

/**
 * How often all else goes on first: each time what a met condition has held back, and what follows from it up to the next.
 * A message that frees what waits for a grant, a pause or an answer needs three or four.
 */
const ROUNDS = 8;

/**
 * The result of a local activity, which only executions that an older build began still have, in its turn: after all that
 * began in the same activation, and what follows from one has begun before the next is told. A replay gets in one
 * activation what came in several before: results side by side, and, where a query or a heartbeat ended a task while the
 * activity ran, the result with the messages of the next task. What follows would begin in another order than history has.
 */
export async function inTurn<T>(activity: Promise<T>): Promise<T> {
  const [ended] = await Promise.allSettled([activity]);
  const turn = {};
  waiting.push(turn);
  try {
    await condition(() => waiting[0] === turn);
    for (let round = 0; round < ROUNDS; round++) await allElse();
  } finally {
    waiting.splice(waiting.indexOf(turn), 1);
  }
  if (ended.status === 'rejected') throw ended.reason;
  return ended.value;
}
