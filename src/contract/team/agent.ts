import { z } from 'zod';
import type { JsonObject } from '../json';
import { AGENT_DEFAULTS } from '../limits';
import { durationSchema } from './duration-schema';
import { nameSchema } from './name-schema';

/** A JSON Schema document. Its own correctness is checked where it is compiled, in `checkTeam` and on the worker. */
export const jsonSchemaSchema = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>;

export const modelTierSchema = z.enum(['heavy', 'medium', 'light']);
export type ModelTier = z.infer<typeof modelTierSchema>;

export const agentLimitsSchema = z.strictObject({
  /** Model calls of one use of the agent, repairs and continuations included. */
  maxTurns: z.number().int().min(1).max(1000).default(AGENT_DEFAULTS.maxTurns),
  /** Tool calls of one use of the agent, delegations included. */
  maxToolCalls: z.number().int().min(0).max(10_000).default(AGENT_DEFAULTS.maxToolCalls),
  /** Tool calls that one turn may start; the model is told to ask for the rest again. */
  maxParallelTools: z.number().int().min(1).max(128).default(AGENT_DEFAULTS.maxParallelTools),
  /** Tokens that one reply may hold. */
  maxOutputTokens: z.number().int().min(1).max(128_000).default(AGENT_DEFAULTS.maxOutputTokens),
  /** Input and output tokens of one use of the agent, checked before each call. */
  maxTokens: z.number().int().min(1).default(AGENT_DEFAULTS.maxTokens),
  /** Tokens of one call after which the transcript is summed up, but for the latest turns. @default 100,000, or 70 % of a smaller window */
  compactAtTokens: z.number().int().min(1000).optional(),
  /** Wall time of one use of the agent. */
  timeout: durationSchema.default(AGENT_DEFAULTS.timeout),
});
export type AgentLimits = z.infer<typeof agentLimitsSchema>;

/** Which registered agent is meant: one by name, or any with a capability. */
export const registryAskSchema = z
  .strictObject({
    name: nameSchema.optional(),
    /** Beside a name: this version and no other, no canary either. */
    version: z.string().min(1).max(64).optional(),
    capability: nameSchema.optional(),
    /** Beside a capability: candidates of this tier, or of the nearest one that has any. */
    tier: modelTierSchema.optional(),
    /** Beside a capability: candidates whose uses have cost at most so many micro-dollars on average. */
    maxMicroDollars: z.number().int().min(1).optional(),
  })
  .refine(({ name, capability }) => (name === undefined) !== (capability === undefined), {
    message: 'must hold a name or a capability, one of the two',
  });
export type RegistryAsk = z.infer<typeof registryAskSchema>;

/** An agent is plain data: who it is, what it may use, what it must return, what it may cost. */
const agentFields = z.strictObject({
  version: z.string().min(1).max(64).default('1'),
  /** What the agent is for; a supervisor chooses by this sentence. */
  description: z.string().max(1000).default(''),
  instructions: z.string().min(1).max(100_000),
  /**
   * The agent comes from the registry: who it is, its instructions and model are settled when a run begins. What stands
   * here bounds it: it gets no tool that is not listed, no limit above these, and this output contract if there is one.
   */
  registry: registryAskSchema.optional(),
  /** A model id of the worker's configuration; without it the tier decides. */
  model: z.string().min(1).max(200).optional(),
  tier: modelTierSchema.default('medium'),
  /**
   * A cheaper model, by id or tier, that is asked first once less than this share of a budget's tokens or money is left, of
   * the run's own or of one above the step. A packed agent counts what was left when it began, and what it uses itself.
   */
  economy: z
    .strictObject({ model: z.string().min(1).max(200), below: z.number().gt(0).max(1).default(0.2) })
    .optional(),
  /** Models, by id or tier, that are asked in this order where the one before fails in a way that another may not. */
  fallbacks: z.array(z.string().min(1).max(200)).min(1).max(8).optional(),
  /**
   * Replies are kept for other calls of the same tenant, in this run and others: one of the same model with the same
   * definition, conversation and new messages is answered with the reply that is there, at no cost. Off where absent.
   */
  cache: z
    .strictObject({
      /** How long a reply serves others. */
      ttl: durationSchema,
      /**
       * The first call of an agent without tools is also answered with the reply to a task whose likeness to its own, by the
       * worker's embedder, is at least this, 0 to 1. Such an answer is another task's: 0.95 is careful.
       */
      likeness: z.number().gt(0).max(1).optional(),
    })
    .optional(),
  tools: z.array(nameSchema).max(64).default([]),
  /** What the agent can do, for steps that ask for a capability instead of a name. */
  capabilities: z.array(nameSchema).max(32).default([]),
  /** How often it is chosen beside others with the same capability: twice the weight, twice as often. 1 where absent. */
  weight: z.number().positive().max(1000).optional(),
  /** Limits the agent to the tools that the team grants this role. */
  role: nameSchema.optional(),
  /** JSON Schema of the answer. A violation goes back to the model at most twice. */
  output: jsonSchemaSchema.optional(),
  temperature: z.number().min(0).max(2).optional(),
  /** A reply cut at `maxOutputTokens`: ask for the rest, or fail. It is never passed on as if it were whole. */
  onMaxTokens: z.enum(['continue', 'fail']).default('continue'),
  /**
   * `stepwise`: every call is an activity of its own. `packed`: the whole loop runs in one activity, journaled call
   * by call; only for agents whose tools are all safe reads.
   */
  mode: z.enum(['stepwise', 'packed']).default('stepwise'),
  limits: agentLimitsSchema.default(() => agentLimitsSchema.parse({})),
});
/** The registry brings the instructions where an agent comes from there. */
export const agentSchema = z.preprocess(
  (agent) =>
    isObject(agent) && agent.registry !== undefined && agent.instructions === undefined
      ? { ...agent, instructions: 'As registered.' }
      : agent,
  agentFields,
);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
export type AgentDefinition = z.infer<typeof agentSchema>;
export type AgentInput = z.input<typeof agentFields>;
