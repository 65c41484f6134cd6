import { failure } from '../contract/fail';
import type { PoolTerms } from '../contract/pool';
import { anthropicProvider } from './anthropic/anthropic-provider';
import { bedrockProvider } from './bedrock/bedrock-provider';
import type { ModelConfig, ModelsFile } from './model-config';
import type { Models, ResolvedModel } from './models';
import { poolTerms } from './pool-terms';
import type { ModelProvider } from './provider';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A server of one's own asks for no key, but the SDK wants to send one. */
const ANY_KEY = 'none';

/** Models by a configuration. A missing key fails the models that need it, when they are resolved, and no others. */
export function configuredModels(config: ModelsFile, environment: Environment, source: string): Models {
  const resolved = new Map<string, ResolvedModel>();
  const ids = Object.keys(config.models);
  const resolve = (idOrTier: string): ResolvedModel => {
    const id = tierOf(config, idOrTier) ?? idOrTier;
    const model = config.models[id];
    if (ids.length === 0) throw noModels();
    if (model === undefined)
      throw failure(
        'ModelNotFound',
        `This worker has no model "${idOrTier}". It has ${ids.join(', ')} and the tiers ${Object.keys(config.tiers).join(', ') || '(none)'}. Add it to the file that BATON_MODELS names.`,
        { details: [{ model: idOrTier, models: ids }] },
      );
    const known = resolved.get(id) ?? resolvedModel(id, config, environment);
    resolved.set(id, known);
    return known;
  };
  const tiers = Object.entries(config.tiers).map(([tier, id]) => `${tier} ${id}`);
  return {
    description:
      ids.length === 0 ? 'none' : `${source}: ${tiers.length > 0 ? tiers.join(', ') : ids.join(', ')}`,
    configured: ids.length > 0,
    queues: queuesOf(config),
    resolve,
  };
}

function queuesOf({ models, pools }: ModelsFile): readonly PoolTerms[] {
  const named = new Set(Object.entries(models).map(([id, model]) => model.pool ?? id));
  return [...named]
    .map((name) => poolTerms(name, pools[name]))
    .filter((pool) => pool.requestsPerSecond !== undefined);
}

function tierOf(config: ModelsFile, name: string): string | undefined {
  return Object.hasOwn(config.tiers, name) ? config.tiers[name as keyof ModelsFile['tiers']] : undefined;
}

function noModels(): Error {
  return failure(
    'NoModelConfigured',
    'This worker has no model. Set ANTHROPIC_API_KEY; or ANTHROPIC_BASE_URL (and BATON_MODEL) for a local server; or AWS_REGION and AWS credentials with BATON_PROVIDER=bedrock; or name a file in BATON_MODELS.',
  );
}

function resolvedModel(id: string, { models, pools }: ModelsFile, environment: Environment): ResolvedModel {
  const config = models[id];
  if (config === undefined) throw new TypeError(`the model "${id}" is not configured`);
  const pool = config.pool ?? id;
  return {
    id,
    pool: poolTerms(pool, pools[pool]),
    provider: makeProvider(id, config, environment),
    vendorModel: config.model,
    structuredOutput: config.structuredOutput,
    maxOutputTokens: config.maxOutputTokens,
    ...(config.contextTokens === undefined ? {} : { contextTokens: config.contextTokens }),
    ...(config.stallTimeoutMs === undefined ? {} : { stallTimeoutMs: config.stallTimeoutMs }),
    ...(config.price === undefined ? {} : { price: config.price }),
  };
}

function makeProvider(id: string, config: ModelConfig, environment: Environment): ModelProvider {
  const { caching, baseURL, apiKeyFrom } = config;
  if (config.provider === 'bedrock') {
    const region = config.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
    return bedrockProvider({ caching, ...(region === undefined ? {} : { region }) });
  }
  const apiKey = environment[apiKeyFrom];
  const authToken = environment.ANTHROPIC_AUTH_TOKEN;
  const where = baseURL === undefined ? { caching } : { caching, baseURL };
  if (apiKey !== undefined && apiKey !== '') return anthropicProvider({ ...where, apiKey });
  if (authToken !== undefined && authToken !== '') return anthropicProvider({ ...where, authToken });
  if (baseURL !== undefined) return anthropicProvider({ ...where, apiKey: ANY_KEY });
  throw failure('NoModelConfigured', `Model "${id}" needs a key: set ${apiKeyFrom} for the worker.`);
}
