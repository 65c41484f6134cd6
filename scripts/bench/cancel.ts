import { inLanes } from '../../src/client/in-lanes';
import type { BenchPlace } from './bench-place';
import { CAUSES, type Cause, type CutPlace, cutOnce } from './cut-call';
import { openCutModel } from './cut-model';
import { startArm } from './start-arm';
import { startBaton } from './start-run';
import { percentile, rounded } from './statistics';

/** Calls that are cut for each cause, and of these so many at one time. */
const CUTS = 50;
const AT_ONCE = 5;

export interface CancelFigures {
  readonly cancellations: number;
  /** Connections that were still open 15 s later. */
  readonly neverClosed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly perCause: Readonly<Record<string, Omit<CancelFigures, 'perCause'>>>;
}

/** From whatever ends a call to the end of its connection at the provider, which answers it never. Embedded profile. */
export async function benchCancel(place: BenchPlace, cuts: number = CUTS): Promise<CancelFigures> {
  const { address, namespace, storeFolder } = place;
  const model = await openCutModel();
  const arm = await startArm({ arm: 'baton', address, namespace, storeFolder, modelUrl: model.url });
  try {
    const cutPlace: CutPlace = {
      model,
      start: (team, input) => startBaton(place, team, { input: { inline: input } }),
    };
    const perCause: Record<string, readonly (number | undefined)[]> = {};
    for (const [name, cause] of Object.entries(CAUSES)) {
      perCause[name] = await cutMany(cutPlace, { cause, cuts });
      place.say(`${name}: ${JSON.stringify(figuresOf(perCause[name]))}`);
    }
    return {
      ...figuresOf(Object.values(perCause).flat()),
      perCause: Object.fromEntries(Object.entries(perCause).map(([name, all]) => [name, figuresOf(all)])),
    };
  } finally {
    await arm.stop();
    await model.close();
  }
}

async function cutMany(
  place: CutPlace,
  { cause, cuts }: { readonly cause: Cause; readonly cuts: number },
): Promise<readonly (number | undefined)[]> {
  return inLanes(Array.from({ length: cuts }), AT_ONCE, () => cutOnce(place, cause));
}

function figuresOf(cuts: readonly (number | undefined)[]): Omit<CancelFigures, 'perCause'> {
  const closed = cuts.filter((ms) => ms !== undefined);
  return {
    cancellations: cuts.length,
    neverClosed: cuts.length - closed.length,
    p50Ms: rounded(percentile(closed, 0.5)),
    p99Ms: rounded(percentile(closed, 0.99)),
    maxMs: rounded(Math.max(...closed)),
  };
}
