import type { AgentDefinition, ModelTier } from '../team/agent';
import type { AgentStep } from '../team/step';

/** An agent that could take a step which asks for a capability. */
export interface Candidate {
  readonly agent: string;
  readonly tier: ModelTier;
  /** How often it is chosen beside the others: twice the weight, twice as often. */
  readonly weight: number;
}

/** What a step asks for in place of a name. */
export interface CapabilityAsked {
  readonly capability: string;
  readonly tier?: ModelTier | undefined;
}

/** Who was chosen for a step that asks for a capability, and why; settled when the run began and shown in its view. */
export interface CapabilityChoice extends CapabilityAsked {
  readonly agent: string;
  /** In a few words: `the only one of its tier`. */
  readonly reason: string;
  /** Everyone who has the capability, the chosen one too. */
  readonly candidates: readonly Candidate[];
}

type Agents = Readonly<Record<string, AgentDefinition>>;

/** The agents with that capability, in the order of their names. */
export function candidatesFor(capability: string, agents: Agents): readonly Candidate[] {
  return Object.entries(agents)
    .filter(([, { capabilities }]) => capabilities.includes(capability))
    .map(([agent, { tier, weight = 1 }]) => ({ agent, tier, weight }))
    .sort((left, right) => (left.agent < right.agent ? -1 : 1));
}

/** The agents that a step may come to ask: the one that it names, or all those that could be chosen for it. */
export function agentsOfStep(step: AgentStep, agents: Agents): readonly string[] {
  if (step.agent !== undefined) return [step.agent];
  if (step.capability === undefined) return [];
  const candidates = candidatesFor(step.capability, agents);
  return ofTier(candidates, step.tier).map(({ agent }) => agent);
}

/** Where a tier has no candidate the next heavier one stands in for it, and then the next lighter one. */
const NEAREST: Readonly<Record<ModelTier, readonly ModelTier[]>> = {
  light: ['light', 'medium', 'heavy'],
  medium: ['medium', 'heavy', 'light'],
  heavy: ['heavy', 'medium', 'light'],
};

/** The tier nearest to the one asked for that is there at all. */
export function nearestTier(asked: ModelTier, there: readonly ModelTier[]): ModelTier | undefined {
  return NEAREST[asked].find((near) => there.includes(near));
}

/** The candidates of that tier, or of the nearest one that has any; all where none is asked for. */
export function ofTier(candidates: readonly Candidate[], tier: ModelTier | undefined): readonly Candidate[] {
  if (tier === undefined) return candidates;
  const found = nearestTier(
    tier,
    candidates.map((candidate) => candidate.tier),
  );
  return candidates.filter((candidate) => candidate.tier === found);
}
