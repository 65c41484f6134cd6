import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { RawActivities } from './activities';

/**
 * What a careful engineer would write by hand for the same work, with Baton's own activity settings. It promises less
 * (no journal, no limits, no view, no deadline): what Baton takes beyond this is the price of these.
 */
const { callModel, callModelByReference, lookUpByReference } = proxyActivities<RawActivities>({
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: '2s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: 250, backoffCoefficient: 2, maximumInterval: 30_000 },
});

/** Calls one after the other, each with the reply before. */
export async function rawPipeline(steps: number, input: string): Promise<string> {
  let text = input;
  for (let step = 0; step < steps; step += 1) text = await callModel(text);
  return text;
}

/** Calls side by side. */
export async function rawFanOut(width: number, input: string): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: width }, () => callModel(input)));
}

/** Turns of one model call and one tool call, whose transcript never enters the history: the least that can be. */
export async function rawAgentByReference(turns: number, transcript: string): Promise<number> {
  let end = 0;
  for (let turn = 1; turn < turns; turn += 1) {
    end = await callModelByReference({ transcript, end });
    end = await lookUpByReference({ transcript, end });
  }
  return callModelByReference({ transcript, end });
}
