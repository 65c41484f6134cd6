import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { failureType } from '../contract/fail';
import { hashOf } from '../contract/hash';
import { type Candidate, routeOfLabel } from '../contract/team/classification';
import type { Embedder } from '../embedding/embedder';
import type { CallJournal } from '../threads/store';
import { headOf, recordOf } from './head-record';
import { messageFeatures } from './message-features';
import { probabilities, type RoutingHead } from './routing-head';
import { rarities } from './text-features';
import { trainHead } from './train-head';

/** Utterances by label: a route's name, or `route/intent`. */
export type Examples = Readonly<Record<string, readonly string[]>>;

/** Raised whenever the features or the training change, so that heads of before are not taken for ones of now. */
const HEAD_VERSION = 1;

/** Heads in memory; one of 150 labels takes 3 MB. */
const HEADS_IN_MEMORY = 8;

/** Tells where a message belongs by examples. A worker has one; it keeps what it has learnt. */
export interface ExampleClassifier {
  /**
   * The routes of the examples by how likely the text belongs to them, the best first. The first use of new examples
   * trains on them (seconds for thousands), later ones and other workers of the same store find the result.
   */
  classify(examples: Examples, text: string): Promise<readonly Candidate[]>;
}

/** `journal` keeps trained heads beyond the process; without one they live in its memory. */
export function exampleClassifier(embedder: Embedder, journal?: CallJournal): ExampleClassifier {
  const heads = new LRUCache<string, Promise<RoutingHead>>({ max: HEADS_IN_MEMORY });
  // Examples come from the store's cache as the same object each time: hashing 100 kB a message would be felt.
  const keys = new WeakMap<Examples, string>();

  const headFor = (examples: Examples): Promise<RoutingHead> => {
    const key = keys.get(examples) ?? hashOf({ head: HEAD_VERSION, embedder: embedder.name, examples });
    keys.set(examples, key);
    const known = heads.get(key);
    if (known !== undefined) return known;
    const made = findOrTrain(examples, { key, embedder, journal });
    heads.set(key, made);
    // A failure, of the store for one, must not be remembered.
    made.catch(() => heads.delete(key));
    return made;
  };

  return {
    async classify(examples, text) {
      const [head, [embedding]] = await Promise.all([headFor(examples), embedder.embed([text])]);
      if (embedding === undefined) throw new Error(`${embedder.name} gave no vector for a text`);
      const features = messageFeatures(text, embedding, head.rarity);
      return byRoute(head, probabilities(head, features, new Float64Array(head.labels.length)));
    },
  };
}

function byRoute({ labels }: RoutingHead, shares: Float64Array): readonly Candidate[] {
  const sums = new Map<string, number>();
  for (const [index, label] of labels.entries()) {
    const route = routeOfLabel(label);
    sums.set(route, (sums.get(route) ?? 0) + (shares[index] ?? 0));
  }
  return [...sums]
    .map(([route, confidence]) => ({ route, confidence: Math.round(confidence * 10_000) / 10_000 }))
    .sort((one, other) => other.confidence - one.confidence);
}

interface Means {
  readonly key: string;
  readonly embedder: Embedder;
  readonly journal: CallJournal | undefined;
}

async function findOrTrain(examples: Examples, { key, embedder, journal }: Means): Promise<RoutingHead> {
  const found = headOf(await journal?.find(key));
  if (found !== undefined) return found;
  const utterances = Object.entries(examples).flatMap(([label, texts]) =>
    texts.map((text) => ({ label, text })),
  );
  const texts = utterances.map(({ text }) => text);
  const vectors = await embedder.embed(texts);
  const rarity = rarities(texts);
  const head = await trainHead(
    utterances.map(({ label, text }, index) => ({
      label,
      features: messageFeatures(text, vectors[index] ?? new Float32Array(embedder.dimensions), rarity),
    })),
    { dimensions: embedder.dimensions, rarity },
  );
  if (journal !== undefined) await keep(journal, key, head);
  return head;
}

/** Another worker that trained on the same examples may be first: its head is the same. */
async function keep(journal: CallJournal, key: string, head: RoutingHead): Promise<void> {
  try {
    const lease = await journal.lease(key, { activity: randomUUID(), attempt: 1 });
    await journal.record(lease, recordOf(head));
  } catch (error) {
    if (failureType(error) !== 'StaleAttempt') throw error;
  }
}
