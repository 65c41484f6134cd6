import type { PoolTerms } from '../contract/pool';
import type { Price } from './price';
import type { ModelProvider, StructuredOutputMode } from './provider';

/** A model of the worker's configuration, ready to be called. */
export interface ResolvedModel {
  /** Its id in the configuration: resolving it again gives the same model, whatever the tiers say by then. */
  readonly id: string;
  readonly provider: ModelProvider;
  /** `ModelRequest.model`. */
  readonly vendorModel: string;
  readonly structuredOutput: StructuredOutputMode;
  /** Most tokens that one reply may hold; an agent's own limit counts where it is lower. */
  readonly maxOutputTokens: number;
  readonly contextTokens?: number;
  /** Absent: unpriced. */
  readonly price?: Price;
  /** What it shares with other models: the vendor's limits, and a circuit. Absent: calls pass freely. */
  readonly pool?: PoolTerms;
  /** Absent: the worker's. */
  readonly stallTimeoutMs?: number;
}

/** The models that a worker can call. */
export interface Models {
  /** One readable line: which models, from where. */
  readonly description: string;
  /** False where every `resolve` fails with NoModelConfigured. */
  readonly configured: boolean;
  /** Pools whose calls have a task queue of their own. @default none */
  readonly queues?: readonly PoolTerms[];
  /** A model by its id or by its tier. Throws NoModelConfigured, or ModelNotFound with the ids that there are. */
  resolve(idOrTier: string): ResolvedModel;
}

export interface OneModelOptions {
  /** @default 'native' */
  readonly structuredOutput?: StructuredOutputMode;
  /** @default 128,000 */
  readonly maxOutputTokens?: number;
  /** @default none: unpriced */
  readonly price?: Price;
  /** @default none: calls pass freely */
  readonly pool?: PoolTerms;
}

/** One provider for every id and tier, each of which it sees as the name of the model: for tests and offline runs. */
export function oneModel(provider: ModelProvider, options: OneModelOptions = {}): Models {
  const { structuredOutput = 'native', maxOutputTokens = 128_000, price, pool } = options;
  return {
    description: provider.name,
    configured: true,
    queues: pool?.requestsPerSecond === undefined ? [] : [pool],
    resolve: (idOrTier) => ({
      id: idOrTier,
      provider,
      vendorModel: idOrTier,
      structuredOutput,
      maxOutputTokens,
      ...(price === undefined ? {} : { price }),
      ...(pool === undefined ? {} : { pool }),
    }),
  };
}
