import {
  CANARY_STAGES,
  type RegisteredAgent,
  type RegisteredVersion,
  type RegistryChange,
} from '../../contract/registry/registry';
import type { Console } from './console';
import { fill, oneLine } from './fit-text';
import { showDuration, showMoment } from './show-numbers';

/** One line a version. */
export function showAgents(console: Console, agents: readonly RegisteredAgent[]): void {
  if (agents.length === 0) console.say('No agents are registered for this queue.');
  const width = Math.max(12, ...agents.map(({ name }) => name.length));
  for (const agent of agents)
    for (const version of agent.versions)
      console.say(
        [
          fill(agent.name, width),
          fill(version.version, 8),
          fill(stateOf(agent, version), 12),
          fill(`weight ${agent.weight}`, 11),
          ...figuresOf(version),
          version.capabilities.join(', '),
        ].join('  '),
      );
}

function stateOf({ canary }: RegisteredAgent, { version, state }: RegisteredVersion): string {
  if (canary?.version !== version) return state === 'rolledBack' ? 'rolled back' : state;
  return `canary ${(CANARY_STAGES[canary.stage] ?? 1) * 100} %`;
}

function figuresOf({ figures }: RegisteredVersion): readonly string[] {
  const { uses, failed, latencyMs, microDollars, scores, scored } = figures;
  if (uses === 0) return ['not used yet'];
  const figure = [
    `${uses} uses`,
    `${Math.round((1 - failed / uses) * 100)} % well`,
    showDuration(latencyMs / uses),
    `$${(microDollars / uses / 1_000_000).toFixed(4)} each`,
  ];
  return scores === 0 ? figure : [...figure, `score ${(scored / scores).toFixed(2)}`];
}

export function showChanges(console: Console, changes: readonly RegistryChange[]): void {
  if (changes.length === 0) console.say('Nothing was ever registered.');
  for (const { at, agent, version, what, detail, by } of changes)
    console.say(
      [
        fill(showMoment(at), 16),
        oneLine(`${agent}${version === undefined ? '' : ` ${version}`}`),
        what === 'rolledBack' ? 'rolled back' : what,
        ...(detail === undefined ? [] : [oneLine(detail)]),
        ...(by === undefined ? [] : [`by ${oneLine(by)}`]),
      ].join('  '),
    );
}
