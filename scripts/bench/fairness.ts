import type { WorkflowHandle } from '@temporalio/client';
import { inLanes } from '../../src/client/in-lanes';
import { agent } from '../../src/contract/builders/agent';
import { team } from '../../src/contract/builders/team';
import { WORKFLOW_TYPES } from '../../src/contract/names';
import { planGrowth } from '../../src/contract/size/growth';
import { startModelServer } from '../../src/testing/model-server';
import type { BenchPlace } from './bench-place';
import { startArm } from './start-arm';
import { runLengthMs, startBaton } from './start-run';
import { median, rounded } from './statistics';

const RUNS = 1_000;
const LATENCY_MS = 300;
/** Requests of the client under way at one time. */
const LANES = 50;
const IDLE_RUNS = 5;
/** Measuring is given up after so long. */
const GIVEN_UP_MS = 10 * 60_000;

export interface FairnessFigures {
  /** Of one tenant, started at once: one model call each. */
  readonly runs: number;
  readonly latencyMs: number;
  /** Of a single run while nothing else is: the median of five. */
  readonly idleMs: number;
  /** Of the other tenant's runs, one after the other from the moment on at which the many were started. */
  readonly otherFirstMs: number;
  readonly otherMedianMs: number;
  readonly otherMaxMs: number;
  readonly otherRuns: number;
  /** Of the many that were open when the other's first run had ended. */
  readonly openThen: number;
  /** From the start of the first of the many to the start, and to the end, of the last. */
  readonly startedSeconds: number;
  readonly busySeconds: number;
  /** Longest history of the many less the shortest: what came of workflow tasks that were late. */
  readonly eventsForNothing: number;
}

/** Runs of one tenant beside a thousand of another, on one worker. Throws where they are not done within ten minutes. */
export async function benchFairness(place: BenchPlace, runs: number = RUNS): Promise<FairnessFigures> {
  const model = await startModelServer({ latencyMs: LATENCY_MS, reply: () => ({ text: 'well' }) });
  const { address, namespace, storeFolder } = place;
  const arm = await startArm({ arm: 'baton', address, namespace, storeFolder, modelUrl: model.url });
  try {
    return await place.client.withDeadline(Date.now() + GIVEN_UP_MS, () => measure(place, runs));
  } finally {
    await arm.stop();
    await model.close();
  }
}

async function measure(place: BenchPlace, runs: number): Promise<FairnessFigures> {
  const asks = planGrowth(team('asks', agent({ name: 'asker', instructions: 'Answer.' })));
  const start = (tenant: string): Promise<WorkflowHandle> => startBaton(place, asks, { tenant });
  const lengthOfOne = async (): Promise<number> => runLengthMs(await start('one'));
  const idle: number[] = [];
  for (let run = 0; run < IDLE_RUNS; run += 1) idle.push(await lengthOfOne());
  const startedAt = Date.now();
  const many = await inLanes(Array.from({ length: runs }), LANES, () => start('many'));
  const startedSeconds = (Date.now() - startedAt) / 1000;
  place.say(`${runs} runs were started in ${startedSeconds} s; one takes ${median(idle)} ms`);

  const others: number[] = [];
  const open: number[] = [];
  while (open.at(-1) !== 0) {
    others.push(await lengthOfOne());
    const { count } = await place.client.workflow.count('ExecutionStatus = "Running"');
    open.push(count);
    place.say(`other: ${others.at(-1)} ms; ${count} of ${runs} are open`);
  }
  const { busySeconds, eventsForNothing } = await historiesOf(place, many);
  return {
    runs,
    latencyMs: LATENCY_MS,
    idleMs: rounded(median(idle)),
    otherFirstMs: rounded(others[0] ?? Number.NaN),
    otherMedianMs: rounded(median(others)),
    otherMaxMs: rounded(Math.max(...others)),
    otherRuns: others.length,
    openThen: open[0] ?? Number.NaN,
    startedSeconds: rounded(startedSeconds),
    busySeconds: rounded(busySeconds),
    eventsForNothing,
  };
}

async function historiesOf({ client }: BenchPlace, runs: readonly WorkflowHandle[]) {
  const ids = new Set(runs.map(({ workflowId }) => workflowId));
  const begun: number[] = [];
  const ended: number[] = [];
  const events: number[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowType = "${WORKFLOW_TYPES.team}"` })) {
    if (!ids.has(run.workflowId)) continue;
    if (run.status.name !== 'COMPLETED') throw new Error(`${run.workflowId} is ${run.status.name}`);
    begun.push(run.startTime.getTime());
    ended.push(run.closeTime?.getTime() ?? Number.NaN);
    events.push(run.historyLength);
  }
  return {
    busySeconds: (Math.max(...ended) - Math.min(...begun)) / 1000,
    eventsForNothing: Math.max(...events) - Math.min(...events),
  };
}
