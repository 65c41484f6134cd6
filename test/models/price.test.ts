import { ANTHROPIC_PRICES } from '../../src/models/anthropic-prices';
import { type Price, priceOf, priceSchema } from '../../src/models/price';

const PRICE: Price = { input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000 };
const NOTHING = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

describe('price of a call', () => {
  test('each kind of token: has its own rate, and cached input is not paid twice', () => {
    const usage = { inputTokens: 1000, outputTokens: 100, cacheReadTokens: 600, cacheWriteTokens: 300 };
    // 100 x 3 + 100 x 15 + 600 x 0.3 + 300 x 3.75
    expect(priceOf({ price: PRICE }, usage)).toEqual({ microDollars: 3105 });
  });

  test('a model without a price: is unpriced, even for nothing', () => {
    expect(priceOf({}, NOTHING)).toBe('unpriced');
  });

  test('a price of zero: is a price', () => {
    const free: Price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
    expect(priceOf({ price: free }, { ...NOTHING, inputTokens: 5000 })).toEqual({ microDollars: 0 });
  });

  test('a part of a micro-dollar: counts as a whole one', () => {
    expect(priceOf({ price: PRICE }, { ...NOTHING, cacheReadTokens: 1, inputTokens: 1 })).toEqual({
      microDollars: 1,
    });
  });

  test('a long prompt: changes the rates of the whole call, from the first token past the bound', () => {
    const price: Price = { ...PRICE, longPrompt: { ...PRICE, input: 6_000_000, over: 1000 } };
    const cost = (inputTokens: number): unknown => priceOf({ price }, { ...NOTHING, inputTokens });
    expect(cost(1000)).toEqual({ microDollars: 3000 });
    expect(cost(1001)).toEqual({ microDollars: 6006 });
  });

  test('the built-in list: every row is a valid price with source and date, writing the cache dearer than reading it', () => {
    for (const [model, price] of Object.entries(ANTHROPIC_PRICES)) {
      expect([model, priceSchema.safeParse(price).success]).toEqual([model, true]);
      expect(price.source).toContain('https://');
      expect(price.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect([model, price.output > price.input, price.cacheWrite > price.cacheRead]).toEqual([
        model,
        true,
        true,
      ]);
    }
  });
});
