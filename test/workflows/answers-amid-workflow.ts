import {
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';
import { inTurn } from '../../src/workflows/run/in-turn';

/** What the workflow below does outside; the worker of the test has them. */
export interface Outside {
  first(): Promise<void>;
  quick(): Promise<void>;
  afterSignal(): Promise<void>;
  afterQuick(): Promise<void>;
}

const { first, quick } = proxyLocalActivities<Outside>({ startToCloseTimeout: '1m' });
const { afterSignal, afterQuick } = proxyActivities<Outside>({ startToCloseTimeout: '1m' });

export const slowAnswer = defineQuery<string, [number]>('slowAnswer');
export const begin = defineSignal('begin');
export const act = defineSignal('act');

/** Has a local activity under way while a query is answered and a signal comes. */
export async function answersAmid(): Promise<void> {
  let begun = false;
  setHandler(begin, () => {
    begun = true;
  });
  setHandler(act, async () => {
    for (let turn = 0; turn < 50; turn++) await null;
    await afterSignal();
  });
  setHandler(slowAnswer, (ms) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return 'answered';
  });
  await first();
  await condition(() => begun);
  await inTurn(quick());
  await afterQuick();
}
