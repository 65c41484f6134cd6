import { agentUses, childBounds } from '../size/bounds';
import { agentNamed, subTeamNamed } from '../team/named-in-team';
import type { Step } from '../team/step';
import type { Budget, Team } from '../team/team';
import { askedModels } from './asked-models';
import { budgetsOf } from './budgets';
import { type PriceOf, useOf } from './cost';

/** What a step may cost at worst: by itself, and on budgets that steps share by name. */
interface Cost {
  readonly own: number;
  readonly named: ReadonlyMap<string, number>;
}

interface Around {
  readonly team: Team;
  /** Of the nearest budget above, in micro-dollars: shares are of it. */
  readonly limit: number;
  readonly budgets: Readonly<Record<string, Budget>>;
  readonly how: 'held' | 'free';
  /** In force over the models of its agents. */
  readonly tiers: Team['tiers'];
}

const FREE: Cost = { own: 0, named: new Map() };

/**
 * The most micro-dollars that a run may cost: `held`, where every step keeps to its budget and every sub-team to its
 * limits, or `free` of these. Agents whose price is unknown count nothing.
 */
export function heldCost(team: Team, priceOf: PriceOf, how: 'held' | 'free'): number {
  const budgets = budgetsOf(team);
  const { own, named } = costOf(
    team.root,
    { team, limit: team.limits.maxMicroDollars, budgets, how, tiers: team.tiers },
    priceOf,
  );
  return (
    own +
    [...named].reduce((sum, [name, cost]) => sum + Math.min(cost, budgets[name]?.maxMicroDollars ?? cost), 0)
  );
}

function costOf(step: Step, around: Around, priceOf: PriceOf): Cost {
  const budget = around.how === 'held' ? step.budget : undefined;
  if (typeof budget === 'number') {
    const limit = Math.floor(around.limit * budget);
    const { own, named } = costBelow(step, { ...around, limit }, priceOf);
    return { own: Math.min(own, limit), named };
  }
  if (budget === undefined) return costBelow(step, around, priceOf);
  const limit = around.budgets[budget]?.maxMicroDollars ?? around.limit;
  const below = costBelow(step, { ...around, limit }, priceOf);
  return plus({ own: 0, named: new Map([[budget, below.own]]) }, { own: 0, named: below.named });
}

function costBelow(step: Step, around: Around, priceOf: PriceOf): Cost {
  const { team } = around;
  let [each, shared] = [FREE, FREE];
  for (const use of agentUses(step, team)) {
    const agent = agentNamed(use.agent, team);
    if (agent === undefined) continue;
    const worst = useOf(agent, use, askedModels(agent, step.kind, around.tiers));
    each = plus(each, { ...FREE, own: priceOf(agent, worst) ?? 0 });
  }
  if (step.kind === 'team') each = plus(each, subTeamCost(step.team, around, priceOf));
  for (const { child, times, shared: isShared } of childBounds(step, team)) {
    const below = timesOf(costOf(child.step, around, priceOf), times);
    if (isShared) shared = larger(shared, below);
    else each = plus(each, below);
  }
  return plus(each, shared);
}

function subTeamCost(name: string, around: Around, priceOf: PriceOf): Cost {
  const sub = subTeamNamed(name, around.team);
  if (sub === undefined) return FREE;
  const limit = Math.min(around.limit, sub.limits.maxMicroDollars);
  const { own, named } = costOf(
    sub.root,
    { ...around, team: sub, limit, tiers: sub.tiers ?? around.tiers },
    priceOf,
  );
  return { own: around.how === 'held' ? Math.min(own, limit) : own, named };
}

function merged(left: Cost, right: Cost, how: (one: number, other: number) => number): Cost {
  const names = new Set([...left.named.keys(), ...right.named.keys()]);
  return {
    own: how(left.own, right.own),
    named: new Map(
      [...names].map((name) => [name, how(left.named.get(name) ?? 0, right.named.get(name) ?? 0)]),
    ),
  };
}

function plus(left: Cost, right: Cost): Cost {
  return merged(left, right, (one, other) => one + other);
}

function larger(left: Cost, right: Cost): Cost {
  return merged(left, right, Math.max);
}

function timesOf({ own, named }: Cost, count: number): Cost {
  return { own: own * count, named: new Map([...named].map(([name, cost]) => [name, cost * count])) };
}
