import { failure } from '../../contract/fail';
import type { StepResult } from '../../contract/run/run';
import type { ApproveStep } from '../../contract/team/step';
import { type Run, whole } from '../run/run';
import { below, type Place } from '../steps/place';

/**
 * Approve: asks people about the step's input. Approved, the input goes on unchanged, or through the guarded step;
 * denied, the step fails ApprovalDenied; unanswered, it does what `whenUnanswered` says.
 *
 * Crash: the question, its deadline, its escalations and its answer are workflow state and timers; nothing is asked twice.
 */
export async function runApprove(run: Run, place: Place<ApproveStep>): Promise<StepResult> {
  const { step, path, input } = place;
  run.view.change(path, { state: 'waiting' });
  const { approvers, deadline, escalate, whenUnanswered, quorum } = step;
  const decision = await run.approvals.ask({
    path,
    reason: 'step',
    question: step.question,
    value: input,
    terms: { approvers, deadline, escalate, whenUnanswered, quorum },
    fourEyes: true,
  });
  if (decision.via === 'timeout' && whenUnanswered === 'fail') {
    throw failure('ApprovalUnanswered', `Nobody answered "${step.question}" within ${deadline}.`);
  }
  if (decision.verdict === 'deny') {
    throw failure(
      'ApprovalDenied',
      `${decision.by} denied "${step.question}"${decision.reason === undefined ? '' : `: ${decision.reason}`}.`,
    );
  }
  run.view.change(path, { state: 'running' });
  if (decision.via !== 'timeout') run.taint.passedByPerson(path);
  return step.guards === undefined
    ? whole(input)
    : run.runStep(below(place, 'guards', { step: step.guards, input }));
}
