import { scheduleActivity } from '@temporalio/workflow';

/** Starts activities of other people's workers by hand, one after the other, and tells what they answer. */
export async function forger(taskQueue: string, calls: readonly (readonly [string, ...unknown[]])[]) {
  const answers: unknown[] = [];
  for (const [name, ...args] of calls) {
    const options = { taskQueue, scheduleToCloseTimeout: '20s', retry: { maximumAttempts: 1 } } as const;
    answers.push(await scheduleActivity(name, args, options).catch((error: Error) => String(error.cause)));
  }
  return answers;
}
