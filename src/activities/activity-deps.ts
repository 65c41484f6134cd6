import type { Embedder } from '../embedding/embedder';
import type { Models } from '../models/models';
import type { Traffic } from '../models/traffic/traffic';
import type { ExampleClassifier } from '../routing/example-classifier';
import type { Store } from '../threads/store';
import type { Catalogue } from '../tools/catalogue';
import type { Notifier } from './notify/notifier';

/** What the activities of one worker share. */
export interface ActivityDeps {
  readonly store: Store;
  readonly models: Models;
  readonly tools: Catalogue;
  /** Tells where messages belong by examples. */
  readonly classifier: ExampleClassifier;
  /** Tells how like each other tasks are, for agents whose cache asks for it. @default none: only the same call is found */
  readonly embedder?: Embedder;
  /** Holds calls back where the fleet's circuits and limits say so. @default none: every call is made at once */
  readonly traffic?: Traffic;
  /** How people are told of questions. @default none */
  readonly notifiers?: readonly Notifier[];
  /** A provider that sends nothing for so many milliseconds has stalled. @default STALL_TIMEOUT_MS */
  readonly stallTimeoutMs?: number;
}
