import { milliseconds } from '../team/duration';
import { agentNamed } from '../team/named-in-team';
import { namedAgents } from './check-names';
import type { StepSite } from './findings';
import { type Findings, knownTool, type Scope } from './findings';

/** Times, retries and shares that can be meant, but hardly as written. All are warnings. */
export function checkTimes(scope: Scope, found: Findings): void {
  const { team, steps } = scope;
  const runMs = milliseconds(team.limits.timeout);
  // A sub-team's scope has those of the teams around it too.
  for (const [name, { timeout }] of scope.place.length === 0 ? Object.entries(team.budgets ?? {}) : [])
    if (timeout !== undefined && milliseconds(timeout) > runMs)
      found.warning(
        ['budgets', name, 'timeout'],
        `is longer than the run may take (limits.timeout: ${team.limits.timeout}).`,
      );
  for (const site of steps) {
    const { step, place } = site;
    if (step.timeout !== undefined && milliseconds(step.timeout) > runMs)
      found.warning(
        [...place, 'timeout'],
        `is longer than the run may take (limits.timeout: ${team.limits.timeout}).`,
      );
    if (step.kind === 'approve') {
      const given = milliseconds(step.deadline);
      if (step.timeout !== undefined && given >= milliseconds(step.timeout))
        found.warning(
          [...place, 'deadline'],
          `is not before the step's timeout (${step.timeout}), which then fails the step unanswered.`,
        );
      if (given > runMs)
        found.warning(
          [...place, 'deadline'],
          `is longer than the run may take (limits.timeout: ${team.limits.timeout}).`,
        );
    }
    checkShares(site, found);
    checkRetry(site, scope, found);
  }
}

function checkShares({ step, place, children }: StepSite, found: Findings): void {
  if (step.kind !== 'parallel' && step.kind !== 'race' && step.kind !== 'vote') return;
  const sum = children.reduce(
    (total, child) => total + (typeof child.step.budget === 'number' ? child.step.budget : 0),
    0,
  );
  if (sum > 1 + 1e-9)
    found.warning(
      place,
      `shares out ${Math.round(sum * 100)} % of its budget among branches that run side by side.`,
    );
}

/** A retry asks anew, under new keys: what a tool has done once it may do again. */
function checkRetry({ step, place }: StepSite, { team, options }: Scope, found: Findings): void {
  if ((step.retry?.attempts ?? 1) < 2) return;
  const tools = [
    ...(step.kind === 'tool' ? [step.tool] : []),
    ...namedAgents(step, team).flatMap(({ name }) => agentNamed(name, team)?.tools ?? []),
  ];
  const once = tools.filter((tool) => knownTool(tool, options)?.repeat === 'never');
  if (once.length > 0)
    found.warning(
      [...place, 'retry'],
      `tries again what may already have taken effect (${[...new Set(once)].join(', ')}).`,
    );
}
