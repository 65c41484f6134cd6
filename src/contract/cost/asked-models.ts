import type { AgentDefinition } from '../team/agent';
import type { StepKind } from '../team/step';
import { type TierRule, tiersFor } from '../team/tiers';

/** Kinds whose questions an `agent` step may answer, beside doing its own. */
const QUESTIONS: readonly StepKind[] = ['agent', 'dag', 'refine', 'debate', 'race', 'vote', 'peers'];

/**
 * Ids and tiers of all models that a step of that kind may ask an agent by: its own or that of its tier, those of the
 * rules that may fit, its cheaper one and its fallbacks. Undefined where the registry says so when a run begins.
 */
export function askedModels(
  agent: AgentDefinition,
  kind: StepKind,
  rules: readonly TierRule[] = [],
): readonly string[] | undefined {
  if (agent.registry !== undefined) return undefined;
  const kinds = kind === 'agent' ? QUESTIONS : [kind];
  const tiers = kinds.flatMap((each) => {
    const found = tiersFor(agent, each, rules);
    return found === undefined ? [] : [found.otherwise, ...found.byInput.map(({ tier }) => tier)];
  });
  const own = agent.model === undefined ? tiers : [agent.model];
  const economy = agent.economy === undefined ? [] : [agent.economy.model];
  return [...new Set([...own, ...economy, ...(agent.fallbacks ?? [])])];
}
