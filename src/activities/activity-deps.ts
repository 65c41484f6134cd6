import type { Models } from '../models/models';
import type { Store } from '../threads/store';
import type { Tool } from '../tools/tool';

/** What the activities of one worker share. */
export interface ActivityDeps {
  readonly store: Store;
  readonly models: Models;
  /** The worker's tools by name. */
  readonly tools: ReadonlyMap<string, Tool>;
  /** A provider that sends nothing for so many milliseconds has stalled. @default STALL_TIMEOUT_MS */
  readonly stallTimeoutMs?: number;
}
