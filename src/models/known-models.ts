import { ANTHROPIC_PRICES } from './anthropic-prices';
import { type ModelConfig, type ModelsFile, modelConfigSchema, modelsFileSchema } from './model-config';

/**
 * Windows and longest replies by the models' own pages under https://platform.claude.com/docs/en/models, 2026-10-24:
 * the 4.5 generation has 200 K and 64 K, everything after it 1 M and 128 K.
 */
function claude(provider: ModelConfig['provider'], model: string): ModelConfig {
  const older = model.includes('-4-5');
  return modelConfigSchema.parse({
    provider,
    model,
    maxOutputTokens: older ? 64_000 : 128_000,
    contextTokens: older ? 200_000 : 1_000_000,
    ...(provider === 'anthropic' ? { price: ANTHROPIC_PRICES[model] } : {}),
  });
}

/** Anthropic's own API: every priced model under its own name, the latest of each family as tiers. */
export const ANTHROPIC_MODELS: ModelsFile = {
  models: Object.fromEntries(
    Object.keys(ANTHROPIC_PRICES).map((model) => [model, claude('anthropic', model)]),
  ),
  tiers: { heavy: 'claude-opus-5-5', medium: 'claude-sonnet-5-5', light: 'claude-haiku-5-5' },
  pools: {},
};

/**
 * The latest models that Anthropic documents for Bedrock's Converse API, by their worldwide inference profiles
 * (https://platform.claude.com/docs/en/build-with-claude/claude-on-amazon-bedrock, 2026-10-24). Unpriced: Bedrock's
 * bill is Amazon's and differs by region.
 */
export const BEDROCK_MODELS: ModelsFile = {
  models: {
    'bedrock-opus': claude('bedrock', 'global.anthropic.claude-opus-4-6-v1'),
    'bedrock-sonnet': claude('bedrock', 'global.anthropic.claude-sonnet-4-6'),
    'bedrock-haiku': claude('bedrock', 'global.anthropic.claude-haiku-4-5-20251001-v1:0'),
  },
  tiers: { heavy: 'bedrock-opus', medium: 'bedrock-sonnet', light: 'bedrock-haiku' },
  pools: {},
};

/** Servers on small machines say nothing while they read the prompt, or while other calls have their turn. */
const LOCAL_STALL_TIMEOUT_MS = 300_000;

/** A server of one's own that speaks Anthropic's protocol: one model for every tier, and nothing taken for granted. */
export function localModels(baseURL: string, model: string): ModelsFile {
  return modelsFileSchema.parse({
    models: {
      [model]: {
        provider: 'anthropic',
        model,
        baseURL,
        structuredOutput: 'tool',
        caching: false,
        maxOutputTokens: 4096,
        stallTimeoutMs: LOCAL_STALL_TIMEOUT_MS,
      },
    },
    tiers: { heavy: model, medium: model, light: model },
  });
}
