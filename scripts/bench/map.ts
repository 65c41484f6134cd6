import type { WorkflowHandle } from '@temporalio/client';
import { agent } from '../../src/contract/builders/agent';
import { map } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import { planGrowth } from '../../src/contract/size/growth';
import type { Team } from '../../src/contract/team/team';
import { inline } from '../../src/contract/value';
import { startModelServer } from '../../src/testing/model-server';
import type { BenchPlace } from './bench-place';
import { cpuMs } from './process-cpu';
import { startArms } from './start-arms';
import { runLengthMs, startBaton } from './start-run';
import { median, rounded } from './statistics';

const ITEMS = 1000;
const LATENCY_MS = 200;
const REPETITIONS = 3;

/** What is compared: calls an activity, and items a history. */
const VARIANTS = {
  '1': { callsPerActivity: 1, window: ITEMS },
  '10': { callsPerActivity: 10, window: ITEMS },
  '1 in windows of 250': { callsPerActivity: 1, window: 250 },
  '1 in windows of 100': { callsPerActivity: 1, window: 100 },
  '10 in windows of 250': { callsPerActivity: 10, window: 250 },
  '10 in windows of 100': { callsPerActivity: 10, window: 100 },
  default: {},
} as const;

interface Sample {
  readonly wallMs: number;
  /** Of the worker and of the server. */
  readonly workerCpuMs: number;
  readonly serverCpuMs: number;
  /** In all histories of the run, and in the longest. */
  readonly events: number;
  readonly longestEvents: number;
}

export interface MapFigures {
  readonly items: number;
  readonly latencyMs: number;
  /** Medians, by variant. */
  readonly variants: Readonly<Record<string, Sample>>;
}

/** A thousand items of one model call each, 200 at one time, with one and with ten calls an activity; variants take turns. */
export async function benchMap(place: BenchPlace): Promise<MapFigures> {
  const model = await startModelServer({
    latencyMs: LATENCY_MS,
    reply: ({ index }) => ({ text: `reply ${index}` }),
  });
  try {
    const arms = await startArms(place, model.url, ['baton']);
    try {
      const run = (variant: object): Promise<Sample> => measure(place, arms.of.baton.pid, mapTeam(variant));
      await run({});
      const samples = new Map<string, Sample[]>();
      for (let repetition = 0; repetition < REPETITIONS; repetition += 1)
        for (const [name, variant] of Object.entries(VARIANTS)) {
          const sample = await run(variant);
          place.say(`${name}: ${JSON.stringify(sample)}`);
          samples.set(name, [...(samples.get(name) ?? []), sample]);
        }
      const variants = Object.fromEntries([...samples].map(([name, found]) => [name, medians(found)]));
      return { items: ITEMS, latencyMs: LATENCY_MS, variants };
    } finally {
      await arms.stop();
    }
  } finally {
    await model.close();
  }
}

function mapTeam(variant: object): Team {
  const asker = {
    name: 'asker',
    model: 'bench',
    description: 'Answers.',
    instructions: 'Answer.',
    limits: { maxTurns: 1 },
  };
  return planGrowth(team('map', map('', agent(asker), variant)));
}

async function measure(place: BenchPlace, workerPid: number, made: Team): Promise<Sample> {
  const before = { worker: cpuMs(workerPid), server: cpuMs(place.serverPid) };
  const input = inline(Array.from({ length: ITEMS }, (_, index) => `item ${index}`));
  const handle = await startBaton(place, made, { input });
  const wallMs = await runLengthMs(handle);
  const after = { worker: cpuMs(workerPid), server: cpuMs(place.serverPid) };
  const lengths = await historyLengths(place, handle);
  return {
    wallMs,
    workerCpuMs: after.worker - before.worker,
    serverCpuMs: after.server - before.server,
    events: lengths.reduce((sum, length) => sum + length, 0),
    longestEvents: Math.max(...lengths),
  };
}

async function historyLengths(
  { client }: BenchPlace,
  { workflowId }: WorkflowHandle,
): Promise<readonly number[]> {
  const children: string[] = [];
  for await (const { workflowId: id } of client.workflow.list({ query: `RootWorkflowId = "${workflowId}"` }))
    children.push(id);
  const ids = [...new Set([workflowId, ...children])];
  return Promise.all(ids.map(async (id) => (await client.workflow.getHandle(id).describe()).historyLength));
}

function medians(samples: readonly Sample[]): Sample {
  const of = (pick: (sample: Sample) => number): number => rounded(median(samples.map(pick)));
  return {
    wallMs: of(({ wallMs }) => wallMs),
    workerCpuMs: of(({ workerCpuMs }) => workerCpuMs),
    serverCpuMs: of(({ serverCpuMs }) => serverCpuMs),
    events: of(({ events }) => events),
    longestEvents: of(({ longestEvents }) => longestEvents),
  };
}
