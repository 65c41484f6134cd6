import type { RunView } from '../../src/contract/run/view';
import type { CallRecord } from '../../src/testing/call-record';
import type { ChaosTeam } from './chaos-teams';
import type { Effect } from './effect-service';

/** A run of the test as it stood at the end; no view where it was lost. */
export interface ChaosRun {
  readonly run: string;
  readonly of: ChaosTeam;
  /** When it is asked to stop, in milliseconds after its start; it may have ended by then. */
  readonly cancelAfterMs?: number;
  readonly view?: RunView;
}

export interface ChaosFacts {
  readonly runs: readonly ChaosRun[];
  readonly calls: readonly CallRecord[];
  readonly effects: readonly Effect[];
  /** Approvals whose decision was confirmed, with their run. */
  readonly decided: ReadonlyMap<string, string>;
  /** The run to which an execution belongs, by Temporal's run id. */
  readonly executions: ReadonlyMap<string, string>;
  readonly storeFolder: string;
}

export function endedAsItShould(run: ChaosRun): boolean {
  const outcome = outcomeOf(run);
  return outcome === run.of.ends || (outcome === 'cancelled' && run.cancelAfterMs !== undefined);
}

/** `lost`, or how the run ended: its state, or the type of its failure. */
export function outcomeOf({ view }: ChaosRun): string {
  if (view === undefined || view.state === 'running' || view.state === 'waiting') return 'lost';
  return view.state === 'failed' ? (view.failure?.type ?? 'failed') : view.state;
}
