import type { PriceOf } from '../../contract/cost/cost';
import { worstCost } from '../../contract/cost/grant';
import type { Models, ResolvedModel } from '../../models/models';
import { worstRates } from '../../models/price';

/**
 * Prices of agents by the dearest of the models that may answer for them here, at its dearest rates, as a run holds them;
 * none where one of the models is not configured or its price is unknown.
 */
export function priceFrom(models: Models): PriceOf {
  return (_agent, { inputTokens, outputTokens, models: asked }) => {
    const prices = asked?.map((idOrTier) => {
      const rates = worstRates(modelOf(models, idOrTier)?.price);
      return rates === undefined ? undefined : worstCost({ input: inputTokens, output: outputTokens }, rates);
    });
    return prices?.reduce((one, other) =>
      one === undefined || other === undefined ? undefined : Math.max(one, other),
    );
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
