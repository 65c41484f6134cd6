import { failure } from '../../contract/fail';
import type { StepResult } from '../../contract/run/run';
import { milliseconds } from '../../contract/team/duration';
import type { TeamStep } from '../../contract/team/step';
import { childPath } from '../../contract/team/step-path';
import type { RunLimits } from '../../contract/team/team';
import { preparedTeam } from '../calls/prepared';
import { subtreeInput } from '../run/child-input';
import type { Run } from '../run/run';
import { runChild } from '../run/run-as-child';
import { withDeadline } from '../safeguards/deadline';
import type { Place } from '../steps/place';

/**
 * Team: another team on the step's input, as a child workflow with a history, agents and limits of its own; it may use
 * no more than the run has left. Its steps, cost and questions stand in the run's view. Cancelling the run cancels it and
 * waits for its compensations; should the run be closed by force, the server asks it to cancel (parent-close policy).
 *
 * Crash: the child goes on by itself, like a run; the parent takes its result whenever it comes back.
 */
export function runTeamStep(run: Run, place: Place<TeamStep>): Promise<StepResult> {
  const sub = preparedTeam(run, place.path);
  const { name, root, limits, prepared } = sub;
  const oversight = run.overseer.below(sub).told();
  const path = childPath(place.path, place.step, place.step.team);
  const timeoutMs = milliseconds(limits.timeout);
  run.ledger.limit(place.path, `the team "${name}" at ${place.path}`, limits);
  const input = () => ({
    ...subtreeInput(run, place),
    team: name,
    path,
    step: root,
    prepared,
    ...(oversight === undefined ? {} : { oversight }),
    limits: within(limits, run.ledger.left(place.path)),
  });
  // The run's own deadline comes first: no timer of its own is needed.
  if (Date.now() + timeoutMs >= run.deadlineAt) return runChild(run, place, input());
  return withDeadline(
    timeoutMs,
    () => runChild(run, place, input()),
    () =>
      failure(
        'StepTimedOut',
        `The team "${name}" at ${place.path} was not finished within ${limits.timeout} (its limits.timeout).`,
      ),
  );
}

function within(own: RunLimits, left: RunLimits): RunLimits {
  return {
    ...own,
    maxModelCalls: Math.min(own.maxModelCalls, left.maxModelCalls),
    maxTokens: Math.min(own.maxTokens, left.maxTokens),
    maxMicroDollars: Math.min(own.maxMicroDollars, left.maxMicroDollars),
  };
}
