import { failure } from '../../contract/fail';
import { type CapabilityChoice, candidatesFor } from '../../contract/registry/capability';
import type { AgentStep, Step } from '../../contract/team/step';
import { type StepPath, walkSteps } from '../../contract/team/step-path';
import type { Team } from '../../contract/team/team';
import { chooseAgent } from './choose-agent';

export interface Chosen {
  /** The root with an agent's name at every step that asks for a capability. */
  readonly root: Step;
  readonly choices: ReadonlyMap<StepPath, CapabilityChoice>;
}

/** Settles who takes each step that asks for a capability, among the team's own agents. `path` is that of its root. */
export function chooseAgents(team: Team, path: StepPath, lineage: string): Chosen {
  const choices = new Map<StepPath, CapabilityChoice>();
  const root = structuredClone(team.root);
  walkSteps(root, path, (step, at) => {
    if (step.kind !== 'agent' || step.agent !== undefined) return;
    const { capability, tier } = step;
    if (capability === undefined)
      throw failure('InvalidTeam', `The step ${at} names neither an agent nor a capability.`);
    const asked = { capability, ...(tier === undefined ? {} : { tier }) };
    const choice = chooseAgent(asked, candidatesFor(capability, team.agents), `${lineage} ${at}`);
    choices.set(at, choice);
    (step as { -readonly [K in keyof AgentStep]: AgentStep[K] }).agent = choice.agent;
  });
  return { root, choices };
}
