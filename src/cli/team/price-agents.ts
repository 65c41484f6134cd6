import type { PriceOf } from '../../contract/cost/cost';
import type { Models, ResolvedModel } from '../../models/models';
import { priceOf } from '../../models/price';

/** Prices of agents by the models that answer for them here; none where no model is configured or its price is unknown. */
export function priceFrom(models: Models): PriceOf {
  return (agent, { inputTokens, outputTokens }) => {
    const model = modelOf(models, agent.model ?? agent.tier);
    if (model === undefined) return undefined;
    const price = priceOf(model, { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 });
    return price === 'unpriced' ? undefined : price.microDollars;
  };
}

function modelOf(models: Models, idOrTier: string): ResolvedModel | undefined {
  try {
    return models.configured ? models.resolve(idOrTier) : undefined;
  } catch {
    // A model that the worker doesn't have fails its runs; a worst case only lacks its price.
    return undefined;
  }
}
