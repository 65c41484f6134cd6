import { agentsOfStep, candidatesFor } from '../registry/capability';
import type { AgentStep, Step } from '../team/step';
import type { Team } from '../team/team';
import type { Findings, Scope } from './findings';
import type { Place } from './mistake';
import { didYouMean, listed } from './suggest';

/** Every agent and tool that a step names exists; agents that no step names are worth a word. */
export function checkNames({ team, steps, place, options }: Scope, found: Findings): void {
  const used = new Set<string>();
  for (const site of steps) {
    for (const { name, at } of namedAgents(site.step, team)) {
      used.add(name);
      if (!Object.hasOwn(team.agents, name)) found.mistake([...site.place, ...at], unknownAgent(name, team));
    }
    const { step } = site;
    if (typeof step.budget === 'string' && !Object.hasOwn(team.budgets ?? {}, step.budget))
      found.mistake(
        [...site.place, 'budget'],
        `names the unknown budget "${step.budget}".${didYouMean(step.budget, Object.keys(team.budgets ?? {}))} The budgets are: ${listed(Object.keys(team.budgets ?? {}))}.`,
      );
    if (step.kind === 'agent') checkAsked(step, { team, place: site.place }, found);
    if (step.kind === 'tool' && options.tools !== undefined && !Object.hasOwn(options.tools, step.tool))
      found.mistake([...site.place, 'tool'], unknownTool(step.tool, options.tools));
  }
  for (const name of Object.keys(team.agents))
    if (!used.has(name)) found.warning([...place, 'agents', name], 'is used by no step.');
}

/** An agent step names an agent, or a capability that one has. */
function checkAsked(
  { agent, capability, tier }: AgentStep,
  { team, place }: Pick<Scope, 'team' | 'place'>,
  found: Findings,
): void {
  if (agent === undefined && capability === undefined)
    found.mistake(place, 'names neither an agent nor a capability. Name one of them.');
  if (agent !== undefined && capability !== undefined)
    found.mistake(
      [...place, 'capability'],
      `stands beside the agent "${agent}". Choose one: an agent, or a capability.`,
    );
  if (tier !== undefined && capability === undefined)
    found.mistake([...place, 'tier'], 'is a choice among those with a capability, and none is asked for.');
  if (capability === undefined || candidatesFor(capability, team.agents).length > 0) return;
  const known = new Set(Object.values(team.agents).flatMap(({ capabilities }) => capabilities));
  found.mistake(
    [...place, 'capability'],
    `names "${capability}", which no agent has.${didYouMean(capability, known)} The capabilities are: ${listed(known)}.`,
  );
}

/** The agents that a step names itself, or has chosen for it by capability, and where in it. */
export function namedAgents(
  step: Step,
  { agents }: Pick<Team, 'agents'>,
): readonly { readonly name: string; readonly at: Place }[] {
  switch (step.kind) {
    case 'agent':
      return agentsOfStep(step, agents).map((name) => ({ name, at: ['agent'] }));
    case 'supervise':
      return [{ name: step.supervisor, at: ['supervisor'] }];
    case 'parallel':
    case 'map':
      return typeof step.merge === 'object' && 'synthesize' in step.merge
        ? [{ name: step.merge.synthesize, at: ['merge', 'synthesize'] }]
        : [];
    case 'race':
    case 'vote':
      return step.judge === undefined ? [] : [{ name: step.judge, at: ['judge'] }];
    case 'dag':
      return step.planner === undefined ? [] : [{ name: step.planner, at: ['planner'] }];
    case 'route':
      return step.by.flatMap((classifier, index) =>
        classifier.by === 'agent' ? [{ name: classifier.agent, at: ['by', index, 'agent'] }] : [],
      );
    default:
      return [];
  }
}

function unknownAgent(name: string, team: Team): string {
  const known = Object.keys(team.agents);
  return `names the unknown agent "${name}".${didYouMean(name, known)} The agents are: ${listed(known)}.`;
}

export function unknownTool(name: string, tools: Readonly<Record<string, unknown>>): string {
  const known = Object.keys(tools);
  return `names the unknown tool "${name}".${didYouMean(name, known)} The tools are: ${listed(known)}.`;
}
