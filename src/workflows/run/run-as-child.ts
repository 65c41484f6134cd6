import {
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  isCancellation,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { budgetsBelow } from '../../contract/cost/budgets';
import { NO_USAGE } from '../../contract/cost/usage';
import { hashText } from '../../contract/hash';
import { SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../../contract/names';
import type { Stretch, StretchResult } from '../../contract/run/map-run';
import type { StepResult, SubtreeInput, SubtreeResult } from '../../contract/run/run';
import type { MapStep } from '../../contract/team/step';
import { inline } from '../../contract/value';
import { accountOfFailedChild, describeFailure } from '../steps/failing';
import { labelOf } from '../steps/label';
import type { Place } from '../steps/place';
import { subtreeInput } from './child-input';
import type { Run } from './run';
import { typedAttributes } from './search-attributes';

/** Temporal refuses workflow ids over 1,000 bytes; a deep path is named by its hash instead. */
const MAX_PATH_IN_ID = 400;

/** A child's result, once its usage, its effects and what it has read are in the books of the run. */
type ChildResult = Omit<SubtreeResult, 'usage' | 'effects' | 'untrusted' | 'remembered'>;

/** Runs a subtree with a history of its own. Cancelling the run cancels it and waits; its usage comes back with its result or failure. */
export async function runAsChild(run: Run, place: Place): Promise<StepResult> {
  run.view.begin(place, labelOf(place));
  return shown(run, place, subtreeInput(run, place));
}

/** Runs some items of a map with a history of their own, as {@link runAsChild} does; the view has them at the stretch's path. */
export async function runStretchAsChild(
  run: Run,
  place: Place<MapStep>,
  stretch: Stretch,
): Promise<StretchResult> {
  const shownAt = { ...place, path: stretch.path };
  run.view.begin(shownAt, stretch.path.slice(stretch.path.lastIndexOf(':') + 1));
  // The list itself stays where it is: the child is given its items.
  const result = await shown(run, shownAt, { ...subtreeInput(run, place), stretch, input: inline(null) });
  if (result.stretch === undefined) throw new TypeError(`the child at ${stretch.path} ran no items`);
  return result.stretch;
}

async function shown(run: Run, place: Place, input: SubtreeInput): Promise<ChildResult> {
  try {
    const result = await runChild(run, place, input);
    run.view.end(place.path, result.missing.length > 0 ? 'partial' : 'done');
    return result;
  } catch (error) {
    if (isCancellation(error)) run.view.end(place.path, 'cancelled');
    else run.view.end(place.path, 'failed', describeFailure(error));
    throw error;
  }
}

/** Runs the child of a step that has begun. */
export async function runChild(run: Run, place: Place, input: SubtreeInput): Promise<ChildResult> {
  const workflowId = childId(run, place);
  run.view.change(place.path, { child: workflowId });
  try {
    const held = run.gate.held();
    if (held !== undefined) await held;
    const names = budgetsBelow(input.step, input.prepared);
    const grant = run.grants.open(workflowId, place.path, names);
    const told = { ...input, grant, ...run.switchboard.forChild(input) };
    const child = await startChild<(input: SubtreeInput) => Promise<SubtreeResult>>(WORKFLOW_TYPES.subtree, {
      workflowId,
      args: [told],
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      ...(run.settings.workflowTaskTimeoutMs === undefined
        ? {}
        : { workflowTaskTimeout: run.settings.workflowTaskTimeoutMs }),
      staticSummary: `${labelOf(place)} · ${place.path}`,
      ...(run.settings.searchAttributes ? { typedSearchAttributes: attributes(input) } : {}),
    });
    run.switchboard.open(child, told);
    const result = await child.result();
    run.grants.close(workflowId, result.usage, result.budgets);
    run.effects.adopt(result.effects ?? {});
    run.taint.mark(place.path, result.untrusted);
    run.switchboard.learn(result.remembered ?? []);
    run.tally.adopt(result.agents);
    const { output, missing, stretch } = result;
    return { output, missing, ...(stretch === undefined ? {} : { stretch }) };
  } catch (error) {
    const { usage, undone = {}, untrusted, agents } = accountOfFailedChild(error);
    // One that never started has used nothing.
    run.grants.close(workflowId, error instanceof ChildWorkflowFailure ? usage : NO_USAGE);
    run.effects.adopt({ undone });
    run.taint.mark(place.path, untrusted);
    run.tally.adopt(agents);
    throw error;
  } finally {
    run.switchboard.close(workflowId);
    run.times?.close(workflowId);
  }
}

function childId(run: Run, place: Place): string {
  const path = place.path.length <= MAX_PATH_IN_ID ? place.path : hashText(place.path);
  return place.generation === 0 ? `${run.id}/${path}` : `${run.id}/${path}@${place.generation}`;
}

function attributes({ run, team, tenant }: SubtreeInput) {
  return typedAttributes({
    [SEARCH_ATTRIBUTES.run]: run,
    [SEARCH_ATTRIBUTES.team]: team,
    [SEARCH_ATTRIBUTES.state]: 'running',
    ...(tenant === undefined ? {} : { [SEARCH_ATTRIBUTES.tenant]: tenant }),
  });
}
