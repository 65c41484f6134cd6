import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import { MAX_PLAN_REPAIRS } from '../../contract/limits';
import { askedKey } from '../../contract/team/roles';
import type { DagStep } from '../../contract/team/step';
import { childPath, iterationPath } from '../../contract/team/step-path';
import { inline, type Value } from '../../contract/value';
import type { Run } from '../run/run';
import { keepValue } from '../steps/keep-value';
import type { Place } from '../steps/place';
import { readJson } from '../steps/read-json';
import { type PlannedTask, type PlanTerms, readPlan } from './read-plan';

/** What the planner is told beside the step's input. */
export interface PlanAsked {
  readonly terms: PlanTerms;
  /** How often the planner was asked before in this step. */
  readonly asked: number;
  /** Where an earlier plan failed: what is done, with its output, what failed, with the reason, and what never ran. */
  readonly progress: { readonly done: Value; readonly failed: Json; readonly notRun: Json } | undefined;
}

export interface MadePlan {
  readonly tasks: readonly PlannedTask[];
  /** How often the planner has been asked by now. */
  readonly asked: number;
}

/**
 * Asks the planner for a plan. One with mistakes goes back with them, at most {@link MAX_PLAN_REPAIRS} times; then
 * OutputContractViolated.
 */
export async function makePlan(
  run: Run,
  place: Place<DagStep>,
  planner: string,
  { terms, asked, progress }: PlanAsked,
): Promise<MadePlan> {
  let again: Json | undefined;
  for (let round = 0; ; round += 1) {
    const path = iterationPath(childPath(place.path, place.step, askedKey(planner)), asked + round);
    const { output } = await run.runStep({
      step: { kind: 'agent', agent: planner },
      path,
      input: await keepValue(run, {
        record: {
          input: place.input,
          workers: inline(terms.workers),
          maxTasks: inline(terms.maxTasks),
          ...(progress === undefined
            ? {}
            : { done: progress.done, failed: inline(progress.failed), notRun: inline(progress.notRun) }),
          ...(again === undefined ? {} : { lastPlan: inline(again) }),
        },
      }),
      generation: place.generation,
    });
    const plan = await readJson(run, output, `the plan of "${planner}"`);
    const read = readPlan(plan, terms);
    if ('tasks' in read) return { tasks: read.tasks, asked: asked + round + 1 };
    if (round >= MAX_PLAN_REPAIRS)
      throw failure(
        'OutputContractViolated',
        `The planner "${planner}" gave ${round + 1} plans that cannot be run. Of the last: ${read.mistakes.slice(0, 5).join(' ')}`,
      );
    again = { plan, mistakes: read.mistakes };
  }
}

/** Waits for a person's word on a plan, where the step asks for it. Throws ApprovalDenied, ApprovalUnanswered. */
export async function approvePlan(run: Run, place: Place<DagStep>, plan: Json): Promise<void> {
  const terms = place.step.approvePlan;
  if (terms === undefined) return;
  run.view.change(place.path, { state: 'waiting' });
  const question = 'May this plan be carried out?';
  const value = await keepValue(run, inline(plan));
  const decision = await run.approvals.ask({
    path: place.path,
    reason: 'plan',
    question,
    value,
    terms,
    fourEyes: true,
  });
  if (decision.via === 'timeout' && terms.whenUnanswered === 'fail')
    throw failure('ApprovalUnanswered', `Nobody answered "${question}" within ${terms.deadline}.`);
  if (decision.verdict === 'deny') {
    const why = decision.reason === undefined ? '' : `: ${decision.reason}`;
    throw failure('ApprovalDenied', `${decision.by} denied the plan of ${place.path}${why}.`);
  }
  run.view.change(place.path, { state: 'running' });
}
