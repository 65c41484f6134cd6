import { ContinueAsNew, isCancellation } from '@temporalio/workflow';
import { failure } from '../contract/fail';
import type { SubtreeInput, SubtreeResult } from '../contract/run';
import { closingFailure, describeFailure } from './failing';
import { continuationOf, openRun } from './open-run';
import type { Run } from './run';
import { undoAll } from './undo';

/**
 * A part of a run with a history of its own; started by the run, never by a client.
 *
 * Crash: as for `runTeam`. An agent at the top goes on in a new execution at a turn boundary when its history is long.
 */
export async function runSubtree(input: SubtreeInput): Promise<SubtreeResult> {
  const open = openRun(input);
  const { view, ledger, effects } = open;
  const run = open.prepared(input, continuationOf(input, open));
  const { step, path, generation } = input;
  try {
    const result = await run.runStep({ step, path, input: input.input, generation });
    view.finish(result.missing.length > 0 ? 'partial' : 'done', { missing: result.missing });
    const { undos, undone } = effects.snapshot();
    return {
      ...result,
      usage: ledger.total(),
      ...(input.undoesItself === true ? { effects: { undos, undone } } : {}),
    };
  } catch (error) {
    const ended = input.undoesItself === true ? await undoOwn(run, input, error) : error;
    view.finish(isCancellation(ended) ? 'cancelled' : 'failed', { failure: describeFailure(ended) });
    throw closingFailure(ended, ledger.total(), effects.snapshot().undone);
  }
}

/** A failed part of a saga undoes what it has done: its failure could not tell the saga. Returns what it ends with. */
async function undoOwn(run: Run, { path, generation }: SubtreeInput, error: unknown): Promise<unknown> {
  if (error instanceof ContinueAsNew) return error;
  const { left } = await undoAll(run, run.effects.pending(path), () => ({
    path: `${path}/undo`,
    generation,
  }));
  if (left.length === 0) return error;
  const { type, message } = describeFailure(error);
  const names = left.map(({ of, why }) => `${of} (${why.type})`).join(', ');
  return failure('UndoIncomplete', `NOT undone: ${names}. Failed: ${type}: ${message}`, {
    ...(error instanceof Error ? { cause: error } : {}),
  });
}
