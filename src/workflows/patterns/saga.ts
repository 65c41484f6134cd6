import { CancellationScope, CancelledFailure, ContinueAsNew, isCancellation } from '@temporalio/workflow';
import { failure } from '../../contract/fail';
import type { StepResult } from '../../contract/run/run';
import type { SagaStep } from '../../contract/team/step';
import { childPath, isWithin } from '../../contract/team/step-path';
import type { Value } from '../../contract/value';
import type { Run } from '../run/run';
import { type LeftDone, undoAll } from '../safeguards/undo';
import { describeFailure } from '../steps/failing';
import { keepValue } from '../steps/keep-value';
import { below, type Place } from '../steps/place';

type Part = SagaStep['steps'][number];

/**
 * Saga: its parts run in order, and what undoes each is registered before it begins. When one fails, or the run is
 * cancelled or out of time, everything done so far is undone, the last first, and nothing cancels that. It ends done,
 * or with SagaUndone where all is undone (a cancellation stays one), or with UndoIncomplete, which lists what is not. Once
 * it has ended, a cancellation comes too late for it.
 *
 * Crash: effects, undos and how far they have come are workflow state; every call of both has a key that a repeat keeps.
 */
export async function runSaga(run: Run, place: Place<SagaStep>): Promise<StepResult> {
  const { path, step } = place;
  const done: Record<string, Value> = {};
  const missing: string[] = [];
  run.effects.openSaga(path);
  try {
    for (const part of step.steps) {
      const result = await runPart(run, place, { part, done: { ...done } });
      done[part.name] = result.output;
      missing.push(...result.missing);
    }
    return { output: await keepValue(run, { record: done }), missing };
  } catch (error) {
    // No end of the saga: the execution goes on with it.
    if (error instanceof ContinueAsNew) throw error;
    throw await undone(run, place, error);
  } finally {
    run.effects.closeSaga(path);
  }
}

interface Turn {
  readonly part: Part;
  /** Outputs of the parts before it. */
  readonly done: Readonly<Record<string, Value>>;
}

async function runPart(run: Run, place: Place<SagaStep>, { part, done }: Turn): Promise<StepResult> {
  const told = { input: place.input, done: await keepValue(run, { record: done }) };
  const path = childPath(place.path, place.step, part.name);
  if (part.undo !== undefined) {
    // Before the effect: should its reply be lost, it is undone all the same.
    run.effects.register({ id: path, path, of: `"${part.name}"`, step: part.undo, told });
    run.effects.cover(path);
  }
  const result = await run.runStep(below(place, part.name, { step: part.do, input: { record: told } }));
  run.effects.tell(path, result.output);
  return result;
}

/** Undoes what the saga has done, and returns the failure that it ends with. */
async function undone(run: Run, place: Place<SagaStep>, error: unknown): Promise<unknown> {
  const { path, step, generation } = place;
  const { type, message } = describeFailure(error);
  const result = await undoAll(run, run.effects.pending(path), (undo) => ({
    path: childPath(path, step, `undo-${partOf(place, undo.path)}`),
    generation,
  }));
  run.view.change(path, { undo: result.left.length === 0 ? 'undone' : 'incomplete' });
  // Also where the time ran out, or somebody cancelled, while it was undoing: the run has ended by that.
  if (result.left.length === 0 && CancellationScope.current().consideredCancelled)
    return isCancellation(error) ? error : new CancelledFailure(`Cancelled, and all is undone: ${message}`);
  const undoing =
    result.undone.length === 0 ? 'Nothing else was to be undone' : `Undone: ${result.undone.join(', ')}`;
  const cause = error instanceof Error ? { cause: error } : {};
  const details = [
    {
      undone: [...result.undone],
      left: result.left.map(({ of, path: at, why }) => ({ of, at, why: why.type })),
    },
  ];
  return result.left.length === 0
    ? failure('SagaUndone', `${undoing}. Failed: ${type}: ${message}`, { ...cause, details })
    : failure(
        'UndoIncomplete',
        `NOT undone: ${leftDone(result.left)}. ${undoing}. Failed: ${type}: ${message}`,
        {
          ...cause,
          details,
        },
      );
}

/** The part of the saga that a path belongs to. */
function partOf({ path, step }: Place<SagaStep>, within: string): string {
  const names = step.steps.map(({ name }) => name);
  return names.find((name) => isWithin(within, childPath(path, step, name))) ?? 'more';
}

function leftDone(left: readonly LeftDone[]): string {
  return left.map(({ of, why }) => `${of} (${why.type})`).join(', ');
}
