import { CancellationScope, CancelledFailure, isCancellation } from '@temporalio/workflow';
import { failure } from '../../contract/fail';
import type { StepResult } from '../../contract/run/run';
import type { Join } from '../../contract/team/join';
import { ranOutOfTime, timeIsUp } from '../safeguards/deadline';
import { describeFailure, isStepFailure } from './failing';
import type { Stop } from './stop';

export interface Branch {
  readonly name: string;
  start(): Promise<StepResult>;
}

export interface FannedOut {
  /** Results of the branches that succeeded, in the order in which the branches are declared. */
  readonly results: ReadonlyMap<string, StepResult>;
  /** Branches that a best effort goes without; a satisfied quorum, or what was stopped, lacks nothing. */
  readonly missing: readonly string[];
}

/**
 * Runs branches side by side, at most `width` at one time, until the join is satisfied or can no longer be, or until
 * `stop` is met. Branches that the time did not suffice for count as failed. Throws the first failure where all are
 * needed, else JoinFailed; a cancellation where more time might have satisfied the join.
 */
export async function fanOut(
  branches: readonly Branch[],
  join: Join,
  { width, stop }: { readonly width: number; readonly stop?: Stop },
): Promise<FannedOut> {
  const total = branches.length;
  const isCertain = (tally: { succeeded: number; failed: number }): boolean =>
    stop?.isMet === true || isSettled(join, { total, ...tally });
  const ended = await sideBySide(branches, isCertain, width);
  const { results, failures } = ended;
  const stopped = stop?.isMet === true;
  if (!stopped) judge(join, branches, ended);
  const inOrder = branches.flatMap(({ name }) => {
    const result = results.get(name);
    return result === undefined ? [] : [[name, result] as const];
  });
  const isBestEffort = typeof join === 'object' && 'bestEffort' in join && !stopped;
  const missing = isBestEffort ? branches.map(({ name }) => name).filter((name) => failures.has(name)) : [];
  return { results: new Map(inOrder), missing };
}

/** How branches ended, in the order in which they did; those that were cancelled or never started are in neither. */
export interface Ended<T> {
  readonly results: ReadonlyMap<string, T>;
  readonly failures: ReadonlyMap<string, unknown>;
}

/**
 * Runs branches side by side, at most `width` at one time, until all have ended or `settled` says that the outcome is
 * certain. Branches that are then still running are cancelled and waited for, so that what they cost is known; a branch
 * that has not started never does. When the time is up, those that had not ended have failed by that. Throws what is no
 * failure of a step.
 */
export async function sideBySide<T>(
  branches: readonly { readonly name: string; start(): Promise<T> }[],
  isCertain: (tally: { readonly succeeded: number; readonly failed: number }) => boolean,
  width: number,
  started?: () => void,
): Promise<Ended<T>> {
  const results = new Map<string, T>();
  const failures = new Map<string, unknown>();
  const scope = new CancellationScope();
  const settled = () => isCertain({ succeeded: results.size, failed: failures.size });

  let next = 0;
  const runQueue = async (): Promise<void> => {
    for (let branch = branches[next++]; branch !== undefined && !settled(); branch = branches[next++]) {
      try {
        if (timeIsUp()) throw new CancelledFailure('Not begun: the time was up.');
        results.set(branch.name, await branch.start());
      } catch (error) {
        // A loser's cancellation is no failure; anything unexpected must not be forgiven by a join.
        if (settled() && isCancellation(error)) return;
        if (!isStepFailure(error) && !ranOutOfTime(error)) throw error;
        failures.set(branch.name, error);
      }
      if (settled()) scope.cancel();
    }
  };
  const lanes = Math.min(width, branches.length);
  // Started inside the scope: what is started outside it would not be cancelled with it.
  const outcomes = await scope.run(() => {
    const running = Array.from({ length: lanes }, runQueue);
    started?.();
    return Promise.allSettled(running);
  });
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return { results, failures };
}

export interface Tally {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** Is the outcome certain, whatever the branches still running do? */
export function isSettled(join: Join, { total, succeeded, failed }: Tally): boolean {
  if (join === 'all') return failed > 0;
  if (typeof join === 'object' && 'bestEffort' in join) return false;
  const needed = join === 'any' ? 1 : join.quorum;
  return succeeded >= needed || total - failed < needed;
}

function judge(join: Join, branches: readonly Branch[], { results, failures }: Ended<StepResult>): void {
  if (join === 'all') {
    for (const error of failures.values()) throw error;
    return;
  }
  const why =
    requiredMissing(join, results) ?? tooFew(join, { total: branches.length, succeeded: results.size });
  if (why === undefined) return;
  for (const error of failures.values()) if (isCancellation(error)) throw error;
  const reasons = [...failures].map(([name, error]) => `${name}: ${describeFailure(error).type}`).join(', ');
  throw failure('JoinFailed', `${why}. Failed: ${reasons}.`);
}

function requiredMissing(join: Join, results: ReadonlyMap<string, StepResult>): string | undefined {
  if (typeof join !== 'object' || !('bestEffort' in join)) return undefined;
  const missing = join.bestEffort.required.filter((name) => !results.has(name));
  return missing.length === 0 ? undefined : `Required branches failed: ${missing.join(', ')}`;
}

/** Why so many successes do not satisfy a join, or undefined where they do. */
export function tooFew(
  join: Exclude<Join, 'all'>,
  { total, succeeded }: Pick<Tally, 'total' | 'succeeded'>,
): string | undefined {
  const needed = neededOf(join, total);
  return succeeded >= needed
    ? undefined
    : `${succeeded} of ${total} branches succeeded, ${needed} are needed`;
}

/** A share of all branches that is so little more than a whole number is that number: 0.28 of 25 is 7. */
const ROUNDING = 1e-9;

function neededOf(join: Exclude<Join, 'all'>, total: number): number {
  if (join === 'any') return 1;
  // Without a single success there is nothing to give back, whatever share was asked for.
  return 'quorum' in join ? join.quorum : Math.max(1, Math.ceil(join.bestEffort.atLeast * total - ROUNDING));
}
