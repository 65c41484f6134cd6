import { failure } from '../fail';
import { type AgentUseBound, agentUses, childBounds } from '../size/bounds';
import type { AgentDefinition } from '../team/agent';
import { agentNamed, subTeamNamed } from '../team/named-in-team';
import type { Step } from '../team/step';
import type { Team } from '../team/team';
import { askedModels } from './asked-models';

/** What one agent may consume in one run, at worst. */
export interface WorstUse {
  readonly agent: AgentDefinition;
  /** Times that the agent is set to work. */
  readonly uses: number;
  readonly calls: number;
  /** What `limits.maxTokens` leaves beside the output. The call that passes the limit may add its own input once a use. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Ids and tiers of all models that it may be asked by; undefined where that is not known before a run begins. */
  readonly models: readonly string[] | undefined;
}

/** By agent name; agents of a sub-team as `team/agent`. */
export type WorstCase = Readonly<Record<string, WorstUse>>;

/**
 * The most that each agent can be asked in one run, by the bounds of the team: rounds, items, delegations, retries,
 * turns and tokens. An agent that the steps never reach is left out. Each figure is its own worst case, so their sum
 * may be more than any one run can reach; the limits of the run cap it besides.
 */
export function worstCase(team: Team): WorstCase {
  return Object.fromEntries(teamUses(team, { above: [], tiers: undefined }));
}

type Uses = ReadonlyMap<string, WorstUse>;

interface Around {
  /** The roots of the teams that lead here, to end at one that leads to itself. */
  readonly above: readonly Step[];
  /** In force where the team has none of its own. */
  readonly tiers: Team['tiers'];
}

function teamUses(team: Team, { above, tiers }: Around): Uses {
  if (above.includes(team.root))
    throw failure('InvalidTeam', `The sub-team "${team.name}" leads to itself. Let it end somewhere.`);
  return stepUses(team.root, { team, above: [...above, team.root], tiers: team.tiers ?? tiers });
}

interface Within extends Around {
  readonly team: Team;
}

function stepUses(step: Step, within: Within): Uses {
  const each = new Map<string, WorstUse>();
  const shared = new Map<string, WorstUse>();
  for (const use of agentUses(step, within.team)) {
    const agent = agentNamed(use.agent, within.team);
    if (agent === undefined) continue;
    const models = askedModels(agent, step.kind, within.tiers);
    combine(each, new Map([[use.agent, useOf(agent, use, models)]]), plus);
  }
  if (step.kind === 'team') combine(each, subTeamUses(step.team, within), plus);
  for (const bound of childBounds(step, within.team)) {
    const below = stepUses(bound.child.step, within);
    const timesBelow = new Map([...below].map(([name, use]) => [name, times(use, bound.times)]));
    combine(bound.shared ? shared : each, timesBelow, bound.shared ? larger : plus);
  }
  combine(each, shared, plus);
  return each;
}

function subTeamUses(name: string, { team, ...around }: Within): Uses {
  const sub = subTeamNamed(name, team);
  if (sub === undefined) return new Map();
  return new Map([...teamUses(sub, around)].map(([agent, use]) => [`${name}/${agent}`, use]));
}

/** What so many uses of an agent by these models may consume. */
export function useOf(
  agent: AgentDefinition,
  { uses, maxTurns, compactions }: AgentUseBound,
  models: WorstUse['models'],
): WorstUse {
  const { maxTokens, maxOutputTokens } = agent.limits;
  const outputTokens = Math.min(maxTurns * maxOutputTokens, maxTokens);
  const once = {
    agent,
    uses: 1,
    calls: maxTurns + compactions,
    inputTokens: maxTokens - outputTokens,
    outputTokens,
    models,
  };
  return times(once, uses);
}

function combine(
  into: Map<string, WorstUse>,
  from: Uses,
  how: (left: WorstUse, right: WorstUse) => WorstUse,
): void {
  for (const [name, use] of from) {
    const known = into.get(name);
    into.set(name, known === undefined ? use : how(known, use));
  }
}

function times(use: WorstUse, count: number): WorstUse {
  return fieldwise(use, use, (value) => value * count);
}

function plus(left: WorstUse, right: WorstUse): WorstUse {
  return fieldwise(left, right, (one, other) => one + other);
}

function larger(left: WorstUse, right: WorstUse): WorstUse {
  return fieldwise(left, right, Math.max);
}

function fieldwise(left: WorstUse, right: WorstUse, how: (one: number, other: number) => number): WorstUse {
  return {
    agent: left.agent,
    uses: how(left.uses, right.uses),
    calls: how(left.calls, right.calls),
    inputTokens: how(left.inputTokens, right.inputTokens),
    outputTokens: how(left.outputTokens, right.outputTokens),
    models:
      left.models === undefined || right.models === undefined
        ? undefined
        : [...new Set([...left.models, ...right.models])],
  };
}

/** Micro-dollars of that many tokens by the dearest of the agent's models; undefined where one's price is unknown. */
export type PriceOf = (
  agent: AgentDefinition,
  use: Pick<WorstUse, 'inputTokens' | 'outputTokens' | 'models'>,
) => number | undefined;
