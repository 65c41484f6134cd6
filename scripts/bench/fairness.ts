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
/** Runs of the many that are still open by then are given up. */
const GIVEN_UP_MS = 10 * 60_000;

export interface FairnessSize {
  /** @default '1000' */
  readonly runs?: string | undefined;
}

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
  /** Of the many that were open when the other's first run ended. */
  readonly openThen: number;
  /** From the start of the first of the many to the end of the last. */
  readonly startedSeconds: number;
  readonly busySeconds: number;
  readonly unfinished: number;
  readonly modelCalls: number;
  /** Workflow tasks that came back too late, as histories show them. */
  readonly longestEvents: number;
  readonly shortestEvents: number;
}

/** A run of one tenant beside a thousand of another, on one worker. */
export async function benchFairness(
  place: BenchPlace,
  { runs: asked = String(RUNS) }: FairnessSize,
): Promise<FairnessFigures> {
  const runs = Number(asked);
  const model = await startModelServer({ latencyMs: LATENCY_MS, reply: () => ({ text: 'well' }) });
  const { address, namespace, storeFolder } = place;
  const arm = await startArm({ arm: 'baton', address, namespace, storeFolder, modelUrl: model.url });
  try {
    const asks = planGrowth(team('asks', agent({ name: 'asker', instructions: 'Answer.' })));
    const start = (tenant: string): Promise<WorkflowHandle> => startBaton(place, asks, { tenant });
    const lengthOfOne = async (): Promise<number> => runLengthMs(await start('one'));
    const idle: number[] = [];
    for (let run = 0; run < IDLE_RUNS; run += 1) idle.push(await lengthOfOne());
    place.say(`idle: ${JSON.stringify(idle)}`);

    const startedAt = Date.now();
    const many = await inLanes(Array.from({ length: runs }), LANES, () => start('many'));
    const startedSeconds = (Date.now() - startedAt) / 1000;
    place.say(`${runs} runs were started in ${startedSeconds} s`);
    let open = runs;
    let over = false;
    const ended = Promise.all(
      many.map(async (handle) => {
        await handle.result();
        open -= 1;
      }),
    );
    const limit = setTimeout(() => {
      over = true;
    }, GIVEN_UP_MS);
    const others: number[] = [];
    let openThen = 0;
    while (open > 0 && !over) {
      others.push(await lengthOfOne());
      if (others.length === 1) openThen = open;
      place.say(`other: ${others.at(-1)} ms; ${runs - open} of ${runs} are done`);
    }
    if (!over) await ended;
    clearTimeout(limit);
    const busySeconds = (Date.now() - startedAt) / 1000;
    const events: number[] = [];
    const query = `WorkflowType = "${WORKFLOW_TYPES.team}"`;
    for await (const { historyLength } of place.client.workflow.list({ query })) events.push(historyLength);
    return {
      runs,
      latencyMs: LATENCY_MS,
      idleMs: rounded(median(idle)),
      otherFirstMs: rounded(others[0] ?? Number.NaN),
      otherMedianMs: rounded(median(others)),
      otherMaxMs: rounded(Math.max(...others)),
      otherRuns: others.length,
      openThen,
      startedSeconds: rounded(startedSeconds),
      busySeconds: rounded(busySeconds),
      unfinished: open,
      modelCalls: model.calls().length,
      shortestEvents: Math.min(...events),
      longestEvents: Math.max(...events),
    };
  } finally {
    await arm.stop();
    await model.close();
  }
}
