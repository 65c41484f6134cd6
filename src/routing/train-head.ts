import { probabilities, type RoutingHead } from './routing-head';
import type { SparseVector } from './text-features';

/** One utterance of the training set. */
export interface Labelled {
  readonly label: string;
  readonly features: SparseVector;
}

/** Passes over the examples, and how far the first of them goes; chosen by cross-validation on clinc150's training part. */
const PASSES = 8;
const RATE = 0.3;
/** Of every weight, after each example: keeps the head from being surer than its examples are. */
const DECAY = 1e-5;
/** A label whose share of the error is smaller has nothing to learn from the example. */
const SMALLEST_STEP = 1e-4;
/** Examples after which the process gets its turn: some 20 ms, so that heartbeats of other calls go out. */
const EXAMPLES_AT_A_TIME = 24;

/**
 * Trains by stochastic gradient descent with a falling rate. Deterministic: the same examples in the same order give the
 * same head. For 150 labels and 3,000 examples it takes some seconds; it lets the process work in between.
 */
export async function trainHead(
  examples: readonly Labelled[],
  { dimensions, rarity }: Pick<RoutingHead, 'dimensions' | 'rarity'>,
): Promise<RoutingHead> {
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const head: RoutingHead = {
    labels,
    dimensions,
    rarity,
    weights: new Float32Array((dimensions + rarity.length + 1) * labels.length),
  };
  const targets = new Map(labels.map((label, index) => [label, index]));
  const errors = new Float64Array(labels.length);
  const random = seeded();
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = RATE * 0.5 * (1 + Math.cos((Math.PI * pass) / PASSES));
    for (const [index, { label, features }] of shuffled(examples, random).entries()) {
      if (index % EXAMPLES_AT_A_TIME === 0) await new Promise((resolve) => setImmediate(resolve));
      learn(head, features, { target: targets.get(label) ?? 0, rate, errors });
    }
    const kept = 1 - rate * DECAY * examples.length;
    for (let index = 0; index < head.weights.length; index += 1)
      head.weights[index] = (head.weights[index] as number) * kept;
  }
  return head;
}

interface Lesson {
  readonly target: number;
  readonly rate: number;
  /** Room for the errors of all labels, used again for every example. */
  readonly errors: Float64Array;
}

function learn(head: RoutingHead, features: SparseVector, { target, rate, errors }: Lesson): void {
  const { weights } = head;
  probabilities(head, features, errors);
  errors[target] = (errors[target] ?? 0) - 1;
  const wrong = Int32Array.from(errors.keys()).filter(
    (label) => Math.abs((errors[label] as number) * rate) > SMALLEST_STEP,
  );
  const { places, values } = features;
  for (let feature = 0; feature < places.length; feature += 1) {
    const row = (places[feature] as number) * errors.length;
    const step = rate * (values[feature] as number);
    for (let index = 0; index < wrong.length; index += 1) {
      const label = wrong[index] as number;
      weights[row + label] = (weights[row + label] as number) - step * (errors[label] as number);
    }
  }
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

/** A linear congruential generator (the constants of Numerical Recipes): the same order on every worker. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
