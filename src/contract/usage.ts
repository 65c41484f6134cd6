/** What model calls consumed. Tokens are counts, money is micro-dollars (1 dollar = 1,000,000). */
export interface Usage {
  /** Calls that reached a provider. A reply found in the journal adds nothing. */
  readonly calls: number;
  /** Input tokens in all, those read from or written to a prompt cache included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly microDollars: number;
  /** Calls whose model has no known price: their cost is unknown, not zero. */
  readonly unpricedCalls: number;
}

export const NO_USAGE: Usage = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  microDollars: 0,
  unpricedCalls: 0,
};

export function addUsage(left: Usage, right: Usage): Usage {
  return {
    calls: left.calls + right.calls,
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    cacheReadTokens: left.cacheReadTokens + right.cacheReadTokens,
    cacheWriteTokens: left.cacheWriteTokens + right.cacheWriteTokens,
    microDollars: left.microDollars + right.microDollars,
    unpricedCalls: left.unpricedCalls + right.unpricedCalls,
  };
}

/** `$0.0123`, or `unpriced` where a call's price is unknown (`$0.0123 + unpriced` where both). */
export function showCost(usage: Usage): string {
  const dollars = `$${(usage.microDollars / 1_000_000).toFixed(4)}`;
  if (usage.unpricedCalls === 0) return dollars;
  return usage.microDollars === 0 ? 'unpriced' : `${dollars} + unpriced`;
}
