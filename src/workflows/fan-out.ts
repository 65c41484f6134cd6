import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { failure } from '../contract/fail';
import type { Join } from '../contract/join';
import type { StepResult } from '../contract/run';
import { describeFailure, isStepFailure } from './failing';

export interface Branch {
  readonly name: string;
  start(): Promise<StepResult>;
}

export interface FannedOut {
  /** Results of the branches that succeeded, in the order in which the branches are declared. */
  readonly results: ReadonlyMap<string, StepResult>;
  /** Branches that a best effort goes without; a satisfied quorum lacks nothing. */
  readonly missing: readonly string[];
}

/**
 * Runs branches side by side, at most `width` at one time, until the join is satisfied or can no longer be. Branches
 * that are then still running are cancelled and waited for, so that what they cost is known; a branch that has not
 * started never does.
 */
export async function fanOut(branches: readonly Branch[], join: Join, width: number): Promise<FannedOut> {
  const results = new Map<string, StepResult>();
  const failures = new Map<string, unknown>();
  const scope = new CancellationScope();
  const settled = () =>
    isSettled(join, { total: branches.length, succeeded: results.size, failed: failures.size });

  const queue = [...branches];
  const runQueue = async (): Promise<void> => {
    for (let branch = queue.shift(); branch !== undefined && !settled(); branch = queue.shift()) {
      try {
        results.set(branch.name, await branch.start());
      } catch (error) {
        // A loser's cancellation is no failure; anything unexpected must not be forgiven by a join.
        if (settled() && isCancellation(error)) return;
        if (!isStepFailure(error)) throw error;
        failures.set(branch.name, error);
      }
      if (settled()) scope.cancel();
    }
  };
  const lanes = Math.min(width, branches.length);
  // Started inside the scope: what is started outside it would not be cancelled with it.
  const outcomes = await scope.run(() => Promise.allSettled(Array.from({ length: lanes }, runQueue)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;

  judge(join, branches, { results, failures });
  const inOrder = branches.flatMap(({ name }) => {
    const result = results.get(name);
    return result === undefined ? [] : [[name, result] as const];
  });
  const isBestEffort = typeof join === 'object' && 'bestEffort' in join;
  const missing = isBestEffort ? branches.map(({ name }) => name).filter((name) => failures.has(name)) : [];
  return { results: new Map(inOrder), missing };
}

interface Tally {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** Is the outcome certain, whatever the branches still running do? */
function isSettled(join: Join, { total, succeeded, failed }: Tally): boolean {
  if (join === 'all') return failed > 0;
  if (typeof join === 'object' && 'bestEffort' in join) return false;
  const needed = join === 'any' ? 1 : join.quorum;
  return succeeded >= needed || total - failed < needed;
}

function judge(
  join: Join,
  branches: readonly Branch[],
  { results, failures }: { results: ReadonlyMap<string, StepResult>; failures: ReadonlyMap<string, unknown> },
): void {
  if (join === 'all') {
    for (const error of failures.values()) throw error;
    return;
  }
  const why = unmet(join, branches, results);
  if (why === undefined) return;
  const reasons = [...failures].map(([name, error]) => `${name}: ${describeFailure(error).type}`).join(', ');
  throw failure('JoinFailed', `${why}. Failed: ${reasons}.`);
}

function unmet(
  join: Exclude<Join, 'all'>,
  branches: readonly Branch[],
  results: ReadonlyMap<string, StepResult>,
): string | undefined {
  if (typeof join === 'object' && 'bestEffort' in join) {
    const { atLeast, required } = join.bestEffort;
    const missing = required.filter((name) => !results.has(name));
    if (missing.length > 0) return `Required branches failed: ${missing.join(', ')}`;
    // Without a single success there is nothing to give back, whatever share was asked for.
    const needed = Math.max(1, Math.ceil(atLeast * branches.length));
    return results.size >= needed
      ? undefined
      : `${results.size} of ${branches.length} branches succeeded, ${needed} are needed`;
  }
  const needed = join === 'any' ? 1 : join.quorum;
  return results.size >= needed
    ? undefined
    : `${results.size} of ${branches.length} branches succeeded, ${needed} are needed`;
}
