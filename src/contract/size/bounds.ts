import { COMPACT_AT_TOKENS, MAX_PLAN_REPAIRS, MAX_REPLANS } from '../limits';
import { agentsOfStep } from '../registry/capability';
import { type AgentLimits, agentLimitsSchema } from '../team/agent';
import { agentNamed } from '../team/named-in-team';
import type { Step } from '../team/step';
import { type ChildStep, childSteps } from '../team/step-path';
import type { Team } from '../team/team';

/** How often a child of a step can run, at worst, each time the step does. */
export interface ChildBound {
  readonly child: ChildStep;
  readonly times: number;
  /** The children of a step that share their times: all of them together run no more often than that. */
  readonly shared: boolean;
}

/** An agent that a step asks itself, beside those of its children, and how often. */
export interface AgentUseBound {
  readonly agent: string;
  readonly uses: number;
  readonly maxTurns: number;
  /** Calls of the agent's own tools; delegations are runs of its workers. */
  readonly maxToolCalls: number;
  /** Times that its transcript is summed up: each time a call has taken so many of its tokens. */
  readonly compactions: number;
}

/** Tries of a step. Where a person may ask for one more, that one is counted; a person who asks again and again is not. */
export function attemptsOf(step: Step): number {
  return (step.retry?.attempts ?? 1) + (step.onFailure === 'escalate' ? 1 : 0);
}

/** How often each child runs while its parent runs once, retries included. A fallback runs once, after the last try. */
export function childBounds(step: Step, team: Team): readonly ChildBound[] {
  const attempts = attemptsOf(step);
  return childSteps(step).map((child) => {
    if (child.place[0] === 'onFailure') return { child, times: 1, shared: false };
    const { times, shared } = roundsOf(step, child, team);
    return { child, times: times * attempts, shared };
  });
}

function roundsOf(step: Step, child: ChildStep, team: Team): { times: number; shared: boolean } {
  switch (step.kind) {
    case 'map':
      return { times: step.maxItems, shared: false };
    case 'route':
      return { times: 1, shared: true };
    case 'supervise':
      return { times: delegations(step, team), shared: true };
    case 'debate':
    case 'refine':
    case 'peers':
      return { times: step.maxRounds, shared: false };
    case 'saga':
      return child.place.at(-1) === 'undo' ? { times: UNDO_TRIES, shared: false } : ONCE;
    case 'dag':
      return child.place[0] === 'workers' ? { times: step.maxTasks, shared: true } : ONCE;
    default:
      return ONCE;
  }
}

/** Tries of one undo before a person is asked. */
export const UNDO_TRIES = 3;

const ONCE = { times: 1, shared: false };

/** Delegations of one supervise step: so many in each round as the supervisor may start tools, but no more tool calls than it has. */
function delegations(step: Extract<Step, { kind: 'supervise' }>, team: Team): number {
  const { maxToolCalls, maxParallelTools } = limitsOf(step.supervisor, team);
  return Math.min(maxToolCalls, step.maxRounds * maxParallelTools);
}

/** The agents that a step asks itself while it runs once, retries included. Of those that an `agent` step may ask it asks one. */
export function agentUses(step: Step, team: Team): readonly AgentUseBound[] {
  const attempts = attemptsOf(step);
  return ownUses(step, team).map((use) => ({ ...use, uses: use.uses * attempts }));
}

function ownUses(step: Step, team: Team): readonly AgentUseBound[] {
  const use = (agent: string | undefined, uses = 1): readonly AgentUseBound[] =>
    agent === undefined ? [] : [{ agent, uses, ...callsOf(agent, team) }];
  switch (step.kind) {
    case 'agent':
      return agentsOfStep(step, team.agents).flatMap((agent) => use(agent));
    case 'parallel':
    case 'map':
      return typeof step.merge === 'object' && 'synthesize' in step.merge ? use(step.merge.synthesize) : [];
    case 'race':
      return use(step.judge, Object.keys(step.branches).length);
    case 'route':
      return step.by.flatMap((classifier) => (classifier.by === 'agent' ? use(classifier.agent) : []));
    case 'supervise':
      return use(step.supervisor).map((bound) => ({
        ...bound,
        maxTurns: Math.min(bound.maxTurns, step.maxRounds + 1),
        maxToolCalls: Math.max(0, bound.maxToolCalls - delegations(step, team)),
      }));
    case 'vote':
      return use(step.judge);
    case 'dag':
      return use(step.planner, plansOf(step) * (1 + MAX_PLAN_REPAIRS));
    default:
      return [];
  }
}

/** Plans that a step may carry out, each approved anew where it asks for that. */
export function plansOf(step: Extract<Step, { kind: 'dag' }>): number {
  return step.planner !== undefined && step.replan ? 1 + MAX_REPLANS : 1;
}

/** An agent without tools makes no tool calls, whatever its limit. One that the team lacks is taken with the defaults. */
function callsOf(name: string, team: Team): Omit<AgentUseBound, 'agent' | 'uses'> {
  const { maxTurns, maxToolCalls, maxTokens, compactAtTokens = COMPACT_AT_TOKENS } = limitsOf(name, team);
  const hasTools = agentNamed(name, team)?.tools.length !== 0;
  // Not before the third turn.
  const compactions = Math.min(Math.max(0, maxTurns - 2), Math.floor(maxTokens / compactAtTokens));
  return { maxTurns, maxToolCalls: hasTools ? maxToolCalls : 0, compactions };
}

function limitsOf(name: string, team: Team): AgentLimits {
  return agentNamed(name, team)?.limits ?? agentLimitsSchema.parse({});
}
