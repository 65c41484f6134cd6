import { ROUTE_DEFAULTS } from '../../src/contract/limits';
import { OTHERWISE } from '../../src/contract/team/classification';
import { batched } from '../../src/embedding/batched';
import { threadedEmbedder } from '../../src/embedding/threaded-embedder';
import { exampleClassifier } from '../../src/routing/example-classifier';
import { dataFile, examplesOf, isInScope, readMessages } from './labelled-messages';
import { median, percentile, rounded } from './statistics';

const EXAMPLES_AN_INTENT = 20;

export interface RoutingFiles {
  readonly train?: string | undefined;
  readonly test?: string | undefined;
}

export interface RoutingFigures {
  /** Share of the in-scope messages whose best route is theirs, with no threshold. */
  readonly inScopeAccuracy: number;
  /** With the threshold: shares of the in-scope messages that reach a route, and of these the right one. */
  readonly inScopeKept: number;
  readonly keptAccuracy: number;
  /** Share of the out-of-scope messages that reach the fallback. */
  readonly outOfScopeCaught: number;
  readonly threshold: number;
  /** Milliseconds of one message after the other, the training not among them. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly trainingSeconds: number;
  readonly messages: { readonly inScope: number; readonly outOfScope: number };
  readonly train: string;
  readonly test: string;
}

/** Routing by examples as a worker does it, over a labelled set: no server, no key, no network. */
export async function benchRouting(
  say: (line: string) => void,
  files: RoutingFiles,
): Promise<RoutingFigures> {
  const train = files.train ?? dataFile('clinc150', 'train.jsonl');
  const test = files.test ?? dataFile('clinc150', 'validation.jsonl');
  const examples = examplesOf(readMessages(train), EXAMPLES_AN_INTENT);
  const messages = readMessages(test);
  const classifier = exampleClassifier(batched(threadedEmbedder()));
  const startedAt = performance.now();
  await classifier.classify(examples, 'begin');
  const trainingSeconds = (performance.now() - startedAt) / 1000;
  say(`trained on ${Object.keys(examples).length} labels in ${trainingSeconds.toFixed(1)} s`);

  const threshold = ROUTE_DEFAULTS.examplesThreshold;
  const times: number[] = [];
  const tally = { inScope: 0, right: 0, kept: 0, keptRight: 0, outOfScope: 0, caught: 0 };
  for (const message of messages) {
    const before = performance.now();
    const candidates = await classifier.classify(examples, message.text);
    times.push(performance.now() - before);
    const [first] = candidates;
    const [best] = candidates.filter(({ route }) => route !== OTHERWISE);
    const routed = first !== undefined && first.route !== OTHERWISE && first.confidence >= threshold;
    const right = best?.route === message.domain;
    if (isInScope(message)) {
      tally.inScope += 1;
      if (right) tally.right += 1;
      if (routed) tally.kept += 1;
      if (routed && right) tally.keptRight += 1;
    } else {
      tally.outOfScope += 1;
      if (!routed) tally.caught += 1;
    }
  }
  return {
    inScopeAccuracy: share(tally.right, tally.inScope),
    inScopeKept: share(tally.kept, tally.inScope),
    keptAccuracy: share(tally.keptRight, tally.kept),
    outOfScopeCaught: share(tally.caught, tally.outOfScope),
    threshold,
    p50Ms: rounded(median(times)),
    p95Ms: rounded(percentile(times, 0.95)),
    trainingSeconds: rounded(trainingSeconds),
    messages: { inScope: tally.inScope, outOfScope: tally.outOfScope },
    train,
    test,
  };
}

/** To four decimals; 0 of none. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
