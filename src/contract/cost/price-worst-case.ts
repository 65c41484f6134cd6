import type { Team } from '../team/team';
import { type PriceOf, worstCase } from './cost';
import { heldCost } from './held-cost';

export interface PricedWorstCase {
  /** Micro-dollars by agent, as in {@link WorstCase}. */
  readonly agents: Readonly<Record<string, number | 'unpriced'>>;
  /** Micro-dollars of the priced agents in all, held to the run's `limits.maxMicroDollars` and the budgets of its steps. */
  readonly total: number;
  /** Agents whose cost is unknown; it is not in the total. */
  readonly unpriced: readonly string[];
  /** True where the run's own limit is what bounds the total. */
  readonly capped: boolean;
  /** True where budgets of steps, or limits of sub-teams, hold the total below what its agents could cost. */
  readonly budgeted: boolean;
}

export function priceWorstCase(team: Team, priceOf: PriceOf): PricedWorstCase {
  const priced = Object.entries(worstCase(team)).map(
    ([name, use]) => [name, priceOf(use.agent, use) ?? ('unpriced' as const)] as const,
  );
  const limit = team.limits.maxMicroDollars;
  const free = heldCost(team, priceOf, 'free');
  const held = heldCost(team, priceOf, 'held');
  return {
    agents: Object.fromEntries(priced),
    total: Math.min(held, limit),
    unpriced: priced.filter(([, cost]) => cost === 'unpriced').map(([name]) => name),
    capped: held > limit,
    budgeted: held < Math.min(free, limit),
  };
}
