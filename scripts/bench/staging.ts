import { setTimeout as sleep } from 'node:timers/promises';
import { supportDesk } from '../../examples/support-desk/team';
import { UTTERANCES } from '../../examples/support-desk/utterances';
import { inLanes } from '../../src/client/in-lanes';
import type { RunResult } from '../../src/contract/run/run';
import { planGrowth } from '../../src/contract/size/growth';
import { OTHERWISE } from '../../src/contract/team/classification';
import type { Team } from '../../src/contract/team/team';
import { inline } from '../../src/contract/value';
import { DESK_LATENCY_MS, TASK_QUEUES } from './arm-setup';
import type { BenchPlace } from './bench-place';
import { dataFile, examplesOf, isInScope, type LabelledMessage, readMessages } from './labelled-messages';
import type { RoutingFiles } from './routing';
import { seededShuffle } from './seeded-random';
import { startArm } from './start-arm';
import { startBaton } from './start-run';
import { median, percentile, rounded } from './statistics';

const EXAMPLES_AN_INTENT = 20;
const IN_SCOPE = 810;
const OUT_OF_SCOPE = 190;
/** Messages before the measured ones: they train the classifier and find the rate. */
const WARM_UP = 120;
const LANES = 8;
/** Of what the machine did when it was kept busy. */
const SUSTAINED_SHARE = 0.5;
/** One of the shop's customers, verified anew for every message. */
const CUSTOMER = { email: 'ada@example.com', postcode: '1024' };

export interface StagingFigures {
  /** Share of the messages that the right desk answered; out-of-scope ones must reach a person. */
  readonly accuracy: number;
  /** From the client's start to the run's close, while messages arrive at the rate. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly failed: number;
  readonly messages: number;
  readonly ratePerSecond: number;
  /** Messages a second with the machine kept busy, before the measurement. */
  readonly capacityPerSecond: number;
  readonly modelLatencyMs: number;
}

interface Handled {
  readonly latencyMs: number;
  /** The desk that answered; undefined where the run failed. */
  readonly desk: string | undefined;
}

/** Messages through the whole support desk, as they would arrive: at a steady rate, whether or not earlier ones are done. */
export async function benchStaging(place: BenchPlace, files: RoutingFiles): Promise<StagingFigures> {
  const messages = messagesOf(files);
  const team = planGrowth(supportDesk(trainedOn(files)));
  const worker = await startArm({
    arm: 'desk',
    address: place.address,
    namespace: place.namespace,
    modelUrl: '',
    storeFolder: place.storeFolder,
  });
  try {
    // Trains, which the first message waits for.
    await handle(place, team, 'begin');
    const startedAt = performance.now();
    await inLanes(messages.slice(0, WARM_UP), LANES, ({ text }) => handle(place, team, text));
    const capacity = Math.min(WARM_UP, messages.length) / ((performance.now() - startedAt) / 1000);
    const rate = capacity * SUSTAINED_SHARE;
    place.say(`${capacity.toFixed(1)} messages a second at most; measuring at ${rate.toFixed(1)}`);
    const handled = await arriving(place, team, { messages, rate });
    const right = handled.filter(({ desk }, index) => desk === expectedDesk(messages[index])).length;
    const latencies = handled.map(({ latencyMs }) => latencyMs);
    return {
      accuracy: Math.round((right / messages.length) * 10_000) / 10_000,
      p50Ms: Math.round(median(latencies)),
      p95Ms: Math.round(percentile(latencies, 0.95)),
      failed: handled.filter(({ desk }) => desk === undefined).length,
      messages: messages.length,
      ratePerSecond: rounded(rate),
      capacityPerSecond: rounded(capacity),
      modelLatencyMs: DESK_LATENCY_MS,
    };
  } finally {
    await worker.stop();
  }
}

/** A given file as it is; else the support messages and out-of-scope ones of another set. */
function messagesOf({ test }: RoutingFiles): readonly LabelledMessage[] {
  if (test !== undefined) return seededShuffle(readMessages(test));
  const support = readMessages(dataFile('support-messages', 'validation.jsonl')).slice(0, IN_SCOPE);
  const outside = ['validation.jsonl', 'train.jsonl'].flatMap((part) =>
    readMessages(dataFile('clinc150', part)).filter((message) => !isInScope(message)),
  );
  return seededShuffle([...support, ...outside.slice(0, OUT_OF_SCOPE)]);
}

function trainedOn({ train }: RoutingFiles): Readonly<Record<string, readonly string[]>> {
  const file = train ?? dataFile('support-messages', 'train.jsonl');
  const examples = examplesOf(readMessages(file), EXAMPLES_AN_INTENT);
  const knowsOthers = Object.keys(examples).some((label) => label.startsWith(OTHERWISE));
  return knowsOthers ? examples : { ...examples, [OTHERWISE]: UTTERANCES[OTHERWISE] ?? [] };
}

function expectedDesk(message: LabelledMessage | undefined): string | undefined {
  return message !== undefined && !isInScope(message) ? 'person' : message?.domain;
}

async function arriving(
  place: BenchPlace,
  team: Team,
  { messages, rate }: { readonly messages: readonly LabelledMessage[]; readonly rate: number },
): Promise<readonly Handled[]> {
  const startedAt = performance.now();
  const handled: Promise<Handled>[] = [];
  for (const [index, { text }] of messages.entries()) {
    await sleep(Math.max(0, startedAt + (index * 1000) / rate - performance.now()));
    handled.push(handle(place, team, text));
    if ((index + 1) % 100 === 0) place.say(`${index + 1} of ${messages.length} messages sent`);
  }
  return Promise.all(handled);
}

async function handle(place: BenchPlace, team: Team, message: string): Promise<Handled> {
  const sentAt = Date.now();
  try {
    const run = await startBaton(place, team, {
      input: inline({ ...CUSTOMER, message }),
      taskQueue: TASK_QUEUES.desk,
    });
    const { output } = (await run.result()) as RunResult;
    // The server's clock: a client may learn of a close seconds after it.
    const { closeTime } = await run.describe();
    const answer = ('inline' in output ? output.inline : null) as { readonly desk?: string } | null;
    return { latencyMs: (closeTime?.getTime() ?? Date.now()) - sentAt, desk: answer?.desk };
  } catch (error) {
    place.say(
      `a run failed: ${error instanceof Error ? String(error.cause ?? error.message) : String(error)}`,
    );
    return { latencyMs: Date.now() - sentAt, desk: undefined };
  }
}
