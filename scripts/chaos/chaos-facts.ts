import type { RunView } from '../../src/contract/run/view';
import type { CallRecord } from '../../src/testing/call-record';
import type { ChaosTeam } from './chaos-teams';
import type { Effect } from './effect-service';

/** A run of the test, with the one that took it up where it was cancelled. */
export interface ChaosRun {
  readonly run: string;
  readonly of: ChaosTeam;
  /** When it is asked to stop, in milliseconds after its start; it may have ended by then. */
  readonly cancelAfterMs?: number;
  /** Is it resumed where that stops it? */
  readonly isResumed: boolean;
  /** It, and what took it up, as they stood at the end; none of one that was lost. */
  readonly views: readonly RunView[];
}

export interface ChaosFacts {
  readonly runs: readonly ChaosRun[];
  readonly calls: readonly CallRecord[];
  readonly effects: readonly Effect[];
  /** Approvals whose decision was confirmed, with their run. */
  readonly decided: ReadonlyMap<string, string>;
  /** The run to which an execution belongs, by Temporal's run id; what takes a run up belongs to that. */
  readonly executions: ReadonlyMap<string, string>;
  readonly storeFolder: string;
}

/** Name of the run that takes this one up. */
export function nameOfNext(run: string): string {
  return `${run}-r2`;
}

/** The run that was started first, of one that may have taken it up. */
export function firstOf(run: string): string {
  return run.replace(/-r2$/, '');
}

export function endedAsItShould(run: ChaosRun): boolean {
  const outcome = outcomeOf(run);
  return outcome === run.of.ends || (outcome === 'cancelled' && mayEndCancelled(run));
}

function mayEndCancelled({ cancelAfterMs, isResumed }: ChaosRun): boolean {
  return cancelAfterMs !== undefined && !isResumed;
}

/** `lost`, or how the run ended: its state, or the type of its failure. */
export function outcomeOf({ views }: ChaosRun): string {
  const view = views.at(-1);
  if (view === undefined || view.state === 'running' || view.state === 'waiting') return 'lost';
  return view.state === 'failed' ? (view.failure?.type ?? 'failed') : view.state;
}
