import { createEventGroup, isCancellation } from '@temporalio/workflow';
import { alternativeTo } from '../contract/failure-types';
import type { StepResult } from '../contract/run/run';
import { milliseconds } from '../contract/team/duration';
import { inline } from '../contract/value';
import type { Run } from './run/run';
import { runAsChild } from './run/run-as-child';
import { runPattern } from './run-pattern';
import { withDeadline } from './safeguards/deadline';
import { describeFailure, isStepFailure, stepTimedOut } from './steps/failing';
import { labelOf } from './steps/label';
import { below, type Place } from './steps/place';

/** One step with everything that any step may carry: isolation, time, retries, and what a failure leads to. */
export async function runStep(run: Run, place: Place): Promise<StepResult> {
  const { budget } = place.step;
  if (place.share !== undefined) return portioned(run, place, place.share);
  // The top of a child has its share in its parent's books.
  if (budget !== undefined && (place.path !== run.top || run.workflow === run.id)) {
    if (typeof budget === 'string') run.ledger.name(place.path, budget);
    else run.ledger.share(place.path, budget);
  }
  if (place.step.isolated === true && place.step.kind !== 'team' && place.path !== run.top)
    return runAsChild(run, place);
  const attempts = place.step.retry?.attempts ?? 1;
  const raised = place.generation + (run.generations[place.path] ?? 0);
  for (;;) {
    const attempt = run.view.begin(place, labelOf(place));
    try {
      const result = await timed({ ...place, generation: raised + attempt - 1 }, run);
      run.view.end(place.path, result.missing.length > 0 ? 'partial' : 'done');
      return result;
    } catch (error) {
      const settled = await afterAttempt(run, place, { error, again: attempt < attempts });
      if (settled !== 'again') return settled;
    }
  }
}

/** A step that its pattern gives a part of what is left; what it has not used then is the others'. */
async function portioned(run: Run, { share: _, ...place }: Place, share: number): Promise<StepResult> {
  run.ledger.portion(place.path, share);
  try {
    return await runStep(run, place);
  } finally {
    run.ledger.close(place.path);
  }
}

/** What a failed attempt leads to. A cancellation, of the attempt or of what follows it, goes through. */
async function afterAttempt(
  run: Run,
  place: Place,
  { error, again }: { readonly error: unknown; readonly again: boolean },
): Promise<StepResult | 'again'> {
  try {
    if (!isStepFailure(error)) throw error;
    run.view.fail(place, describeFailure(error));
    return again ? 'again' : await afterFailure(run, place, error);
  } catch (thrown) {
    if (isCancellation(thrown)) run.view.end(place.path, 'cancelled');
    throw thrown;
  }
}

/** A budget's time ends an attempt as the step's own does: a fallback that follows is outside of it. */
function timed(place: Place, run: Run): Promise<StepResult> {
  const { budget } = place.step;
  if (typeof budget !== 'string' || run.times?.has(budget) !== true) return inOwnTime(place, run);
  return run.times.within(budget, place.path, () => inOwnTime(place, run));
}

function inOwnTime(place: Place, run: Run): Promise<StepResult> {
  const { timeout } = place.step;
  if (timeout === undefined || place.step.kind === 'on') return inPhase(run, place);
  const timeoutMs = milliseconds(timeout);
  const endsAt = Date.now() + timeoutMs;
  return withDeadline(
    timeoutMs,
    () => inPhase(run, place),
    () => stepTimedOut(place.path, timeout, run.view.cutOffBelow(place.path, endsAt)),
  );
}

/** The events of a phase stand together in Temporal's own UI. */
function inPhase(run: Run, place: Place): Promise<StepResult> {
  const { phase } = place.step;
  if (phase === undefined) return runPattern(run, place);
  return createEventGroup(phase).withScope(() => runPattern(run, place));
}

async function afterFailure(run: Run, place: Place, error: unknown): Promise<StepResult | 'again'> {
  const { onFailure } = place.step;
  if (onFailure === undefined || onFailure === 'fail') throw error;
  if (onFailure === 'skip') {
    run.view.end(place.path, 'skipped', describeFailure(error));
    return { output: inline(null), missing: [place.path] };
  }
  if (onFailure === 'escalate') return escalate(run, place, error);
  if (onFailure.on === 'model' && alternativeTo(describeFailure(error).type) === undefined) throw error;
  const result = await runStep(
    run,
    below(place, 'fallback', { step: onFailure.fallback, input: place.input }),
  );
  run.view.end(place.path, result.missing.length > 0 ? 'partial' : 'done');
  return result;
}

/** A person decides: approving tries the step again, denying lets it fail. */
async function escalate(run: Run, place: Place, error: unknown): Promise<'again'> {
  const { type, message } = describeFailure(error);
  run.view.change(place.path, { state: 'waiting' });
  const { verdict } = await run.approvals.ask({
    path: place.path,
    reason: 'failure',
    question: `The step failed (${type}). Approve to try it again, deny to let it fail.`,
    value: inline({ type, message }),
    terms: run.overseer.terms,
    fourEyes: true,
  });
  if (verdict !== 'deny') return 'again';
  run.view.fail(place, { type, message });
  throw error;
}
