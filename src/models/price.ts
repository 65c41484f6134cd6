import { z } from 'zod';
import type { WorstRates } from '../contract/cost/grant';
import type { TokenUsage } from './provider';

const rateSchema = z.number().nonnegative();

const ratesSchema = z.strictObject({
  input: rateSchema,
  output: rateSchema,
  cacheRead: rateSchema,
  cacheWrite: rateSchema,
});

/** What a model costs, in micro-dollars a million tokens ($3 a million is 3,000,000). Zero must be said: it is no default. */
export const priceSchema = ratesSchema.extend({
  /** Other rates for the whole call where its prompt, cache included, is longer than `over` tokens. */
  longPrompt: ratesSchema.extend({ over: z.number().int().positive() }).optional(),
  /** Where the figures stand, and the day on which they stood there. */
  source: z.string().optional(),
  asOf: z.iso.date().optional(),
});
export type Price = z.infer<typeof priceSchema>;

/** The price of one call, rounded up to a micro-dollar; `unpriced` where the model has no known price, never zero. */
export function priceOf(
  model: { readonly price?: Price },
  usage: TokenUsage,
): { readonly microDollars: number } | 'unpriced' {
  const { price } = model;
  if (price === undefined) return 'unpriced';
  const rates =
    price.longPrompt !== undefined && usage.inputTokens > price.longPrompt.over ? price.longPrompt : price;
  const uncached = Math.max(0, usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens);
  const total =
    uncached * rates.input +
    usage.outputTokens * rates.output +
    usage.cacheReadTokens * rates.cacheRead +
    usage.cacheWriteTokens * rates.cacheWrite;
  return { microDollars: Math.ceil(total / 1_000_000) };
}

/** The dearest that a token of a call can be, whatever is cached and however long the prompt; undefined where unpriced. */
export function worstRates(price: Price | undefined): WorstRates | undefined {
  if (price === undefined) return undefined;
  const all = price.longPrompt === undefined ? [price] : [price, price.longPrompt];
  return {
    input: Math.max(...all.flatMap(({ input, cacheRead, cacheWrite }) => [input, cacheRead, cacheWrite])),
    output: Math.max(...all.map(({ output }) => output)),
  };
}
