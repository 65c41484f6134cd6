import { CancellationScope, ContinueAsNew, isCancellation, workflowInfo } from '@temporalio/workflow';
import { failure } from '../contract/fail';
import type { Stretch } from '../contract/run/map-run';
import type { SubtreeInput, SubtreeResult } from '../contract/run/run';
import { inline } from '../contract/value';
import { runStretch } from './map/run-stretch';
import { continuationOf, openRun } from './run/open-run';
import type { Run } from './run/run';
import { tellUsed } from './safeguards/child-grants';
import { withinParentsTime } from './safeguards/deadline';
import { undoAll } from './safeguards/undo';
import { closingFailure, describeFailure } from './steps/failing';
import type { Place } from './steps/place';

/**
 * A part of a run with a history of its own; started by the run, never by a client.
 *
 * Crash: as for `runTeam`. An agent at the top goes on in a new execution at a turn boundary when its history is long.
 */
export async function runSubtree(input: SubtreeInput): Promise<SubtreeResult> {
  const open = openRun(input);
  const { view, ledger, effects, taint, tally } = open;
  const run = open.prepared(input, continuationOf(input, open));
  const { step, path, generation } = input;
  try {
    const place = { step, path, input: input.input, generation };
    const { stretch, until = input.deadlineAt } = input;
    const result = await withinParentsTime(until, () =>
      stretch === undefined ? run.runStep(place) : runPart(run, place, stretch),
    );
    view.finish(result.missing.length > 0 ? 'partial' : 'done', { missing: result.missing });
    const { undos, undone } = effects.snapshot();
    const untrusted = taint.outOf(path);
    const { remembered } = open.overseer.told() ?? {};
    const agents = tally.entries();
    return {
      ...result,
      usage: ledger.book.total(),
      ...(input.budgets === undefined ? {} : { budgets: ledger.spentByName() }),
      ...(input.undoesItself === true ? { effects: { undos, undone } } : {}),
      ...(untrusted === undefined ? {} : { untrusted }),
      ...(remembered === undefined ? {} : { remembered }),
      ...(agents.length === 0 ? {} : { agents }),
    };
  } catch (error) {
    const ended = input.undoesItself === true ? await undoOwn(run, input, error) : error;
    const { parent, workflowId } = workflowInfo();
    if (isCancellation(ended) && parent !== undefined && input.grant !== undefined)
      await CancellationScope.nonCancellable(() =>
        tellUsed(parent.workflowId, workflowId, ledger.book.total()),
      );
    view.finish(isCancellation(ended) ? 'cancelled' : 'failed', { failure: describeFailure(ended) });
    throw closingFailure(ended, {
      usage: ledger.book.total(),
      undone: effects.snapshot().undone,
      untrusted: taint.outOf(path),
      agents: tally.entries(),
    });
  }
}

async function runPart(run: Run, place: Place, stretch: Stretch): Promise<Omit<SubtreeResult, 'usage'>> {
  const { step } = place;
  if (step.kind !== 'map') throw new TypeError(`a ${step.kind} has no items`);
  const done = await runStretch(run, { ...place, step }, stretch);
  return { output: inline(null), missing: done.missing, stretch: done };
}

/** A failed part of a saga undoes what it has done: its failure could not tell the saga. Returns what it ends with. */
async function undoOwn(
  run: Run,
  { path, generation, stretch }: SubtreeInput,
  error: unknown,
): Promise<unknown> {
  if (error instanceof ContinueAsNew) return error;
  const { left } = await undoAll(run, run.effects.pending(path), () => ({
    path: `${stretch?.path ?? path}/undo`,
    generation,
  }));
  if (left.length === 0) return error;
  const { type, message } = describeFailure(error);
  const names = left.map(({ of, why }) => `${of} (${why.type})`).join(', ');
  return failure('UndoIncomplete', `NOT undone: ${names}. Failed: ${type}: ${message}`, {
    ...(error instanceof Error ? { cause: error } : {}),
  });
}
