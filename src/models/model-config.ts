import { z } from 'zod';
import { modelTierSchema } from '../contract/agent';
import { priceSchema } from './price';

export const modelConfigSchema = z.strictObject({
  provider: z.enum(['anthropic', 'bedrock']),
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
  /** Model ids. */
  tiers: z.partialRecord(modelTierSchema, z.string().min(1)).default({}),
});
export type ModelsFile = z.infer<typeof modelsFileSchema>;
