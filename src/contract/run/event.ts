import type { Value } from '../value';

/** Something that happened, told to every execution of a run that waits for it. The last one of a name is kept. */
export interface RaisedEvent {
  readonly event: string;
  readonly value: Value;
  /** Workflow id of the execution that raised it; absent where it came from outside. */
  readonly from?: string;
}

/** Why and since when no new call is started. */
export interface Pause {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by?: string;
  readonly reason?: string;
}
