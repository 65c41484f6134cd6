import type { WorkflowHandle } from '@temporalio/client';
import { type ModelServer, startModelServer } from '../../src/testing/model-server';
import type { BenchPlace } from './bench-place';
import { fanOutTeam } from './bench-teams';
import { startArms } from './start-arms';
import { runLengthMs, startBaton, startRaw } from './start-run';
import { median, rounded } from './statistics';

const WIDTHS = [10, 50, 100, 200] as const;
const LATENCY_MS = 1000;
const REPETITIONS = 5;

type Ratios = Readonly<Record<string, number>>;

export interface FanoutFigures {
  /** By width, of Baton: wall time of the run ÷ its critical path, the longest call as the model server saw it. Medians. */
  readonly [width: `${number}`]: number;
  /** The same of raw Temporal. */
  readonly raw: Ratios;
  /** The worst of all repetitions. */
  readonly worst: Ratios;
}

/** Calls of one second side by side, in two arms that take turns. */
export async function benchFanout(place: BenchPlace): Promise<FanoutFigures> {
  const model = await startModelServer({
    latencyMs: LATENCY_MS,
    reply: ({ index }) => ({ text: `reply ${index}` }),
  });
  try {
    const arms = await startArms(place, model.url, ['raw', 'baton']);
    try {
      // The widest first, twice unmeasured: connections are opened, code is warm.
      for (const width of [200, 200, ...WIDTHS]) await both(place, model, width);
      const found = new Map<number, { readonly baton: number[]; readonly raw: number[] }>();
      for (const width of WIDTHS) {
        const ratios = { baton: [] as number[], raw: [] as number[] };
        for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
          const { baton, raw } = await both(place, model, width);
          ratios.baton.push(baton);
          ratios.raw.push(raw);
        }
        place.say(`width ${width}: ${JSON.stringify(ratios)}`);
        found.set(width, ratios);
      }
      const of = (pick: (ratios: { baton: number[]; raw: number[] }) => number): Ratios =>
        Object.fromEntries([...found].map(([width, ratios]) => [width, rounded(pick(ratios))]));
      return {
        ...of(({ baton }) => median(baton)),
        raw: of(({ raw }) => median(raw)),
        worst: of(({ baton }) => Math.max(...baton)),
      };
    } finally {
      await arms.stop();
    }
  } finally {
    await model.close();
  }
}

async function both(place: BenchPlace, model: ModelServer, width: number) {
  const raw = await ratio(model, () => startRaw(place, 'rawFanOut', [width, 'begin']));
  const baton = await ratio(model, () => startBaton(place, fanOutTeam(width)));
  return { raw, baton };
}

async function ratio(model: ModelServer, start: () => Promise<WorkflowHandle>): Promise<number> {
  const callsBefore = model.calls().length;
  const wallMs = await runLengthMs(await start());
  const calls = model.calls().slice(callsBefore);
  const longest = Math.max(...calls.map(({ startedAt, finishedAt = Number.NaN }) => finishedAt - startedAt));
  return wallMs / longest;
}
