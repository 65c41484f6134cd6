import { sleep } from '@temporalio/workflow';

/** A workflow that only waits. */
export async function sleeper(wait: string): Promise<string> {
  // The SDK's own type of durations is a template of units.
  await sleep(wait as `${number}ms`);
  return `slept ${wait}`;
}
