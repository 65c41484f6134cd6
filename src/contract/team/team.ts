import { z } from 'zod';
import { cautiousTermsSchema } from '../approvals/approval-terms-schema';
import type { Policy } from '../approvals/policy';
import { policySchema } from '../approvals/policy-schema';
import { RUN_DEFAULTS } from '../limits';
import { type AgentDefinition, agentSchema } from './agent';
import { durationSchema } from './duration-schema';
import { nameSchema } from './name-schema';
import type { ApprovalTerms, Step } from './step';
import { stepSchema } from './step-schema';
import { type TierRule, tierRuleSchema } from './tiers';

export const runLimitsSchema = z.strictObject({
  maxModelCalls: z.number().int().min(1).default(RUN_DEFAULTS.maxModelCalls),
  maxTokens: z.number().int().min(1).default(RUN_DEFAULTS.maxTokens),
  /** Micro-dollars: 1,000,000 are one dollar. */
  maxMicroDollars: z.number().int().min(1).default(RUN_DEFAULTS.maxMicroDollars),
  timeout: durationSchema.default(RUN_DEFAULTS.timeout),
  /** What follows once a budget is used up: `stop`, or `ask` people to raise it by as much again. @default 'stop' */
  whenSpent: z.enum(['stop', 'ask']).optional(),
  /** Whether models without a known price may be asked: `mark` their calls as unpriced, or `refuse` to start. @default 'mark' */
  unpriced: z.enum(['mark', 'refuse']).optional(),
});
export type RunLimits = z.infer<typeof runLimitsSchema>;

/** A budget that steps share by its name: what it leaves out is bounded by the run's limits alone. */
export const budgetSchema = z.strictObject({
  maxModelCalls: z.number().int().min(1).optional(),
  maxTokens: z.number().int().min(1).optional(),
  maxMicroDollars: z.number().int().min(1).optional(),
  /**
   * Wall time in which any of the steps runs, wherever in the run; those side by side count once. It begins with the first
   * of them and stands still while none runs. Once it is over they conclude with what they have, or fail TimeLimitReached.
   */
  timeout: durationSchema.optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** What a user writes, versions and starts: named agents, one root step, limits. */
export interface Team {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly agents: Readonly<Record<string, AgentDefinition>>;
  readonly root: Step;
  readonly limits: RunLimits;
  /** Tools that each role may use; an agent with a role is held to its list. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** What its tool calls are held to, those of its sub-teams included. @default allowed; see DEFAULT_POLICY */
  readonly policy?: Policy | undefined;
  /** Who decides what no step and no rule names anybody for: held calls, lost outcomes, failures, undos. @default anyone, within a day */
  readonly approvals?: ApprovalTerms | undefined;
  /** Budgets that steps share by name, of this team and its sub-teams. */
  readonly budgets?: Readonly<Record<string, Budget>> | undefined;
  /**
   * Which tier each kind of task gets in place of the agents' own, of its sub-teams too where they have no rules; an agent
   * with a `model` keeps that.
   */
  readonly tiers?: readonly TierRule[] | undefined;
  /** Sub-teams that `team` steps name. */
  readonly teams: Readonly<Record<string, Team>>;
}

export const teamSchema: z.ZodType<Team> = z.lazy(() =>
  z.strictObject({
    name: nameSchema,
    version: z.string().min(1).max(64).default('1'),
    description: z.string().max(2000).default(''),
    agents: z.record(nameSchema, agentSchema).default({}),
    root: stepSchema,
    limits: runLimitsSchema.default(() => runLimitsSchema.parse({})),
    roles: z.record(nameSchema, z.array(nameSchema)).default({}),
    policy: policySchema.optional(),
    approvals: cautiousTermsSchema.optional(),
    budgets: z.record(nameSchema, budgetSchema).optional(),
    tiers: z.array(tierRuleSchema).max(100).optional(),
    teams: z.record(nameSchema, teamSchema).default({}),
  }),
);
