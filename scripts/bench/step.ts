import { startModelServer } from '../../src/testing/model-server';
import type { BenchPlace } from './bench-place';
import { median, percentile, rounded, sum } from './statistics';
import { type Sample, STEP_ARMS, type StepArm, StepArms } from './step-arms';

const STEPS = 50;
const WARM_UPS = 3;

/** What the packed agent's tool returns: as little as the other arms' replies, so that requests are of one size. */
const ENTRY_BYTES = 20;

/** By model latency in ms. A run takes about 0.6 s at 0 ms and 11 s at 200 ms. */
const REPETITIONS = { 0: 12, 200: 2 } as const;

type Samples = Readonly<Record<StepArm, Sample[]>>;

/** Of the runs' means: wall time and CPU in ms a step. CPU is that of the arm's own process and the server. */
interface Line {
  readonly p50: number;
  readonly p95: number;
  readonly cpuMs: number;
}

export interface StepFigures {
  readonly '0': Readonly<Record<StepArm, Line>>;
  readonly '200': Readonly<Record<StepArm, Line>>;
  /** Baton stepwise over raw Temporal at latency 0, in ms a step: median of the differences within a repetition. */
  readonly overheadMs: number;
  /** CPU of Baton stepwise ÷ that of raw Temporal at latency 0. */
  readonly cpuRatio: number;
  /** The packed agent over the plain loop, likewise; its steps run a tool beside the model call. */
  readonly packedOverPlainMs: number;
}

/** Fifty calls one after the other in four arms that take turns, so that what else the machine does hits all alike. */
export async function benchStep(place: BenchPlace): Promise<StepFigures> {
  let latencyMs = 0;
  const model = await startModelServer({
    latencyMs: () => latencyMs,
    reply: ({ messages, tools, index }) =>
      tools.length > 0 && messages.length < 2 * STEPS - 1
        ? { toolCalls: [{ name: 'lookUp', args: { entry: index, bytes: ENTRY_BYTES } }] }
        : { text: `reply ${index}` },
  });
  try {
    const arms = await StepArms.start(place, model.url, STEPS);
    try {
      await repeat(arms, WARM_UPS);
      const fast = await repeat(arms, REPETITIONS[0]);
      place.say(`latency 0: ${JSON.stringify(linesOf(fast))}`);
      latencyMs = 200;
      const slow = await repeat(arms, REPETITIONS[200]);
      return {
        '0': linesOf(fast),
        '200': linesOf(slow),
        overheadMs: rounded(difference(fast.baton, fast.raw)),
        cpuRatio: rounded(sum(fast.baton.map(({ cpu }) => cpu)) / sum(fast.raw.map(({ cpu }) => cpu))),
        packedOverPlainMs: rounded(difference(fast.packed, fast.plain)),
      };
    } finally {
      await arms.stop();
    }
  } finally {
    await model.close();
  }
}

async function repeat(arms: StepArms, times: number): Promise<Samples> {
  const samples: Samples = { plain: [], raw: [], baton: [], packed: [] };
  for (let repetition = 0; repetition < times; repetition += 1) {
    // Each arm goes first as often: what one leaves behind is not always paid by the same other.
    const shift = repetition % STEP_ARMS.length;
    for (const arm of [...STEP_ARMS.slice(shift), ...STEP_ARMS.slice(0, shift)])
      samples[arm].push(await arms.run(arm));
  }
  return samples;
}

function linesOf(samples: Samples): Readonly<Record<StepArm, Line>> {
  const line = (all: readonly Sample[]): Line => ({
    p50: rounded(median(all.map(({ wall }) => wall))),
    p95: rounded(
      percentile(
        all.map(({ wall }) => wall),
        0.95,
      ),
    ),
    cpuMs: rounded(sum(all.map(({ cpu }) => cpu)) / all.length),
  });
  const { plain, raw, baton, packed } = samples;
  return { plain: line(plain), raw: line(raw), baton: line(baton), packed: line(packed) };
}

function difference(ones: readonly Sample[], others: readonly Sample[]): number {
  return median(ones.map(({ wall }, index) => wall - (others[index]?.wall ?? Number.NaN)));
}
