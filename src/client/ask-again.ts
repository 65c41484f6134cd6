import { setTimeout as sleep } from 'node:timers/promises';
import { QueryNotRegisteredError } from '@temporalio/client';
import { ASK_AGAIN } from '../contract/names';

/** So often at most, a little later each time: what it waits for is a task that is due already. */
const TIMES_ASKED = 10;
const PAUSE_MS = 20;

/** A query of one of Baton's workflows, asked again while it comes between an event and the task that takes it up. */
export async function askAgain<Answer>(query: () => Promise<Answer>): Promise<Answer> {
  for (let time = 1; ; time++) {
    try {
      return await query();
    } catch (error) {
      if (!isTooEarly(error) || time === TIMES_ASKED) throw error;
      await sleep(PAUSE_MS * time);
    }
  }
}

/** The server gives every query that failed the code of one that is not known. */
export function isTooEarly(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && error.message.includes(ASK_AGAIN);
}
