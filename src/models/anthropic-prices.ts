import type { Price } from './price';

/** Anthropic's own API, first-party rates in dollars; writes are those of the five-minute cache, the one that is used. */
const SOURCE = 'https://platform.claude.com/docs/en/about-claude/pricing';
const AS_OF = '2026-10-24';

interface Dollars {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
}

function rates({ input, output, cacheWrite, cacheRead }: Dollars): Omit<Price, 'longPrompt'> {
  const micro = (dollars: number): number => Math.round(dollars * 1_000_000);
  return {
    input: micro(input),
    output: micro(output),
    cacheWrite: micro(cacheWrite),
    cacheRead: micro(cacheRead),
  };
}

function price(dollars: Dollars): Price {
  return { ...rates(dollars), source: SOURCE, asOf: AS_OF };
}

const OPUS_5: Dollars = { input: 5, output: 25, cacheWrite: 6.25, cacheRead: 0.5 };
const SONNET_4: Dollars = { input: 3, output: 15, cacheWrite: 3.75, cacheRead: 0.3 };
const HAIKU_LONG: Dollars = { input: 0.5, output: 2.5, cacheWrite: 0.625, cacheRead: 0.05 };

/** A model that is missing here is unpriced until the configuration prices it. */
export const ANTHROPIC_PRICES: Readonly<Record<string, Price>> = {
  'claude-fable-5-1': price({ input: 10, output: 50, cacheWrite: 12.5, cacheRead: 0.25 }),
  'claude-fable-5': price({ input: 10, output: 50, cacheWrite: 12.5, cacheRead: 1 }),
  'claude-opus-5-5': price({ input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 }),
  'claude-opus-5': price(OPUS_5),
  'claude-opus-4-8': price(OPUS_5),
  'claude-opus-4-7': price(OPUS_5),
  'claude-opus-4-6': price(OPUS_5),
  'claude-opus-4-5': price(OPUS_5),
  'claude-sonnet-5-5': price({ input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.1 }),
  'claude-sonnet-5': price({ input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.2 }),
  'claude-sonnet-4-6': price(SONNET_4),
  'claude-sonnet-4-5': price(SONNET_4),
  'claude-haiku-5-5': {
    ...price({ input: 0.1, output: 0.5, cacheWrite: 0.125, cacheRead: 0.01 }),
    longPrompt: { over: 100_000, ...rates(HAIKU_LONG) },
  },
  'claude-haiku-4-5': price({ input: 1, output: 5, cacheWrite: 1.25, cacheRead: 0.1 }),
};
