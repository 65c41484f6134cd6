import type { PreparedRun } from '../run/run';
import type { Step } from '../team/step';
import { walkSteps } from '../team/step-path';
import type { Budget, Team } from '../team/team';
import type { Amount } from './amount';

/** The budgets of a team and of its sub-teams by name; of two with one name the outer one. */
export function budgetsOf(team: Team): Readonly<Record<string, Budget>> {
  const below = Object.values(team.teams).map(budgetsOf);
  return Object.assign({}, ...below, team.budgets ?? {});
}

/** The names of those that have a time of their own. */
export function timedBudgets(budgets: Readonly<Record<string, Budget>>): readonly string[] {
  return Object.keys(budgets).filter((name) => budgets[name]?.timeout !== undefined);
}

/** The same budgets without their times, which end nothing that undoes. */
export function untimed(budgets: Readonly<Record<string, Budget>>): Readonly<Record<string, Budget>> {
  return Object.fromEntries(
    Object.entries(budgets).map(([name, { timeout: _, ...budget }]) => [name, budget]),
  );
}

/** What a budget allows: where it says nothing, as much as the run. */
export function amountOfBudget(budget: Budget, run: Amount): Amount {
  return {
    calls: budget.maxModelCalls ?? run.calls,
    tokens: budget.maxTokens ?? run.tokens,
    microDollars: budget.maxMicroDollars ?? run.microDollars,
  };
}

/** The names of the budgets that steps of a subtree share. */
export function budgetsBelow(step: Step, prepared: Pick<PreparedRun, 'teams'>): readonly string[] {
  const found = new Set<string>();
  const walk = (root: Step, teams: PreparedRun['teams']): void => {
    walkSteps(root, '', ({ budget }) => {
      if (typeof budget === 'string') found.add(budget);
    });
    for (const sub of Object.values(teams ?? {})) walk(sub.root, sub.prepared.teams);
  };
  walk(step, prepared.teams);
  return [...found];
}
