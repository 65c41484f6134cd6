import { z } from 'zod';
import { modelTierSchema } from '../contract/team/agent';
import { durationSchema } from '../contract/team/duration-schema';
import { priceSchema } from './price';

const perMinute = z.number().int().min(1).optional();

/** Models that share a vendor's limits, counted over all workers of one task queue. */
export const poolConfigSchema = z.strictObject({
  requestsPerMinute: perMinute,
  /** Input and output tokens. */
  tokensPerMinute: perMinute,
  /**
   * Held by the Temporal server: the calls get a task queue of their own. Calls that fall back to another model in the
   * same try are not counted in that one's queue.
   */
  requestsPerSecond: z.number().positive().optional(),
  /** When the models are left alone because their provider is ill. */
  circuit: z
    .strictObject({
      /** Failures that open it, among the last calls of one worker: twice as many, within the window. */
      threshold: z.number().int().min(1).default(5),
      window: durationSchema.default('1m'),
      /** Until a single call tries whether the provider is well again. */
      recovery: durationSchema.default('1m'),
    })
    .prefault({}),
});
export type PoolConfig = z.infer<typeof poolConfigSchema>;

export const modelConfigSchema = z.strictObject({
  provider: z.enum(['anthropic', 'bedrock']),
  /** Whose limits and circuit it shares. @default its own, under its id */
  pool: z.string().min(1).max(200).optional(),
  /** The vendor's name of the model. */
  model: z.string().min(1),
  /**
   * How the model keeps an output schema. Anthropic's newest models refuse a forced tool, and servers that only speak
   * Anthropic's protocol ignore schemas: `native` for the former, `tool` for the latter.
   */
  structuredOutput: z.enum(['native', 'tool', 'prompt']).default('native'),
  maxOutputTokens: z.number().int().min(1).default(32_000),
  contextTokens: z.number().int().min(1).optional(),
  caching: z.boolean().default(true),
  /** Milliseconds after which a model that sends nothing has stalled. @default the worker's, 90,000 */
  stallTimeoutMs: z.number().int().min(1000).max(600_000).optional(),
  /** @default the built-in list's, for Anthropic's own API; else unpriced */
  price: priceSchema.optional(),
  /** Provider `anthropic`: a server that speaks its protocol. */
  baseURL: z.url().optional(),
  /** Provider `anthropic`: the environment variable that holds the key. Keys themselves never stand in the file. */
  apiKeyFrom: z.string().min(1).default('ANTHROPIC_API_KEY'),
  /** Provider `bedrock`. @default the region of the environment */
  region: z.string().min(1).optional(),
});
export type ModelConfig = z.infer<typeof modelConfigSchema>;

/** The file that `BATON_MODELS` names, YAML or JSON. It adds to the models of the environment and replaces equal ids. */
export const modelsFileSchema = z.strictObject({
  models: z.record(z.string().min(1).max(200), modelConfigSchema).default({}),
  /** By name; a model that names no pool has the one of its id. */
  pools: z.record(z.string().min(1).max(200), poolConfigSchema).default({}),
  /** Model ids. */
  tiers: z.partialRecord(modelTierSchema, z.string().min(1)).default({}),
});
export type ModelsFile = z.infer<typeof modelsFileSchema>;
