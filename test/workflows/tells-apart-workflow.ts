import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

/** What the workflows below do outside; the worker of the test has them. */
export interface Outside {
  wait(name: string): Promise<void>;
  cameAlone(): Promise<void>;
  cameWithTheOther(): Promise<void>;
}

const outside = proxyActivities<Outside>({ startToCloseTimeout: '1m' });

export const hasFirst = defineQuery<boolean>('hasFirst');
export const holdThread = defineSignal<[number]>('holdThread');

/** Does one thing where the first result came in a task of its own, another where the second came in the same. */
export async function tellsApart(): Promise<void> {
  let first = false;
  let second = false;
  setHandler(hasFirst, () => first);
  const afterFirst = async () => {
    await outside.wait('first');
    first = true;
    for (let turn = 0; turn < 50; turn++) await null;
    await (second ? outside.cameWithTheOther() : outside.cameAlone());
  };
  const afterSecond = async () => {
    await outside.wait('second');
    second = true;
  };
  await Promise.all([afterFirst(), afterSecond()]);
}

/** Keeps its worker's workflow thread for so many milliseconds once it is told to. */
export async function holdsThread(): Promise<void> {
  let held = false;
  setHandler(holdThread, (ms) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    held = true;
  });
  await condition(() => held);
}
