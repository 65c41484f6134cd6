import type { Step } from '../step';
import type { Team } from '../team';
import type { Findings, Scope } from './findings';
import type { Place } from './mistake';
import { didYouMean, listed } from './suggest';

/** Every agent and tool that a step names exists; agents that no step names are worth a word. */
export function checkNames({ team, steps, place, options }: Scope, found: Findings): void {
  const used = new Set<string>();
  for (const site of steps) {
    for (const { name, at } of namedAgents(site.step)) {
      used.add(name);
      if (!Object.hasOwn(team.agents, name)) found.mistake([...site.place, ...at], unknownAgent(name, team));
    }
    const { step } = site;
    if (step.kind === 'tool' && options.tools !== undefined && !Object.hasOwn(options.tools, step.tool))
      found.mistake([...site.place, 'tool'], unknownTool(step.tool, options.tools));
  }
  for (const name of Object.keys(team.agents))
    if (!used.has(name)) found.warning([...place, 'agents', name], 'is used by no step.');
}

/** The agents that a step names itself, and where in it. */
export function namedAgents(step: Step): readonly { readonly name: string; readonly at: Place }[] {
  switch (step.kind) {
    case 'agent':
      return [{ name: step.agent, at: ['agent'] }];
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
