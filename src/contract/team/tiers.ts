import { z } from 'zod';
import { type AgentDefinition, type ModelTier, modelTierSchema } from './agent';
import { nameSchema } from './name-schema';
import { type Predicate, predicateSchema } from './predicate';
import type { StepKind } from './step';

/** What an agent is asked as: `agent` and `supervise` do the step's own work, the others answer a question of that pattern. */
const ASKED_AS = ['agent', 'supervise', 'route', 'dag', 'refine', 'debate', 'race', 'vote', 'peers'] as const;

/** Which tier a kind of task gets. A rule fits where all that it says holds; the first that fits decides. */
export const tierRuleSchema = z.strictObject({
  /** The kind of step that asks: `route` means its classifiers, `dag` its planner, `refine` its reviewer, `vote` its judge. */
  kind: z.enum(ASKED_AS).optional(),
  /** One that the agent has. */
  capability: nameSchema.optional(),
  /** What the step's input must be. One of over 64 KiB is none of it. */
  when: predicateSchema.optional(),
  tier: modelTierSchema,
});
export type TierRule = z.infer<typeof tierRuleSchema>;

/** What the rules leave open for an agent until it is asked. */
export interface AgentTiers {
  /** Where no predicate is met. */
  readonly otherwise: ModelTier;
  /** True where a rule, and not the agent, says so. */
  readonly isRuled: boolean;
  /** Asked in order; the first that the input meets decides. */
  readonly byInput: readonly TierByInput[];
}

export interface TierByInput {
  readonly when: Predicate;
  readonly tier: ModelTier;
}

/** The tiers that an agent may be asked at. One with a model of its own has none. */
export function tiersFor(
  { model, tier, capabilities }: Pick<AgentDefinition, 'model' | 'tier' | 'capabilities'>,
  kind: StepKind,
  rules: readonly TierRule[] = [],
): AgentTiers | undefined {
  if (model !== undefined) return undefined;
  const byInput: TierByInput[] = [];
  for (const rule of rules) {
    if (rule.kind !== undefined && rule.kind !== kind) continue;
    if (rule.capability !== undefined && !capabilities.includes(rule.capability)) continue;
    if (rule.when === undefined) return { otherwise: rule.tier, isRuled: true, byInput };
    byInput.push({ when: rule.when, tier: rule.tier });
  }
  return { otherwise: tier, isRuled: false, byInput };
}
