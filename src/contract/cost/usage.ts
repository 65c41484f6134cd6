import { type Amount, plus, type Spent } from './amount';

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
  /** Calls that were answered from the cache, at no cost; not among `calls`. Absent: none. */
  readonly cached?: number;
  /** At most what calls may have cost besides whose end nobody saw: killed, aborted or cut. Absent: nothing. */
  readonly doubt?: Amount;
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
    ...cachedOf(left, right),
    ...doubtOf(left.doubt, right.doubt),
  };
}

function cachedOf({ cached: one = 0 }: Usage, { cached: other = 0 }: Usage): Pick<Usage, 'cached'> {
  return one + other === 0 ? {} : { cached: one + other };
}

function doubtOf(left: Amount | undefined, right: Amount | undefined): Pick<Usage, 'doubt'> {
  const doubt = left === undefined || right === undefined ? (left ?? right) : plus(left, right);
  return doubt === undefined ? {} : { doubt };
}

/** What no longer may be spent: what is confirmed, and what is in doubt. */
export function spentBy({ calls, inputTokens, outputTokens, microDollars, doubt }: Usage): Amount {
  const confirmed = { calls, tokens: inputTokens + outputTokens, microDollars };
  return doubt === undefined ? confirmed : plus(confirmed, doubt);
}

/** The same, with what of it is in doubt. */
export function spentWithDoubt(usage: Usage): Spent {
  const { doubt } = usage;
  return { ...spentBy(usage), ...(doubt === undefined ? {} : { doubt }) };
}

/** Nothing confirmed, and that much in doubt. */
export function inDoubt(doubt: Amount): Usage {
  return { ...NO_USAGE, doubt };
}

/** `$0.0123`, or `unpriced` where a call's price is unknown (`$0.0123 + unpriced` where both), and what may have been spent besides. */
export function showCost(usage: Usage): string {
  const dollars = `$${(usage.microDollars / 1_000_000).toFixed(4)}`;
  const unpriced = usage.microDollars === 0 ? 'unpriced' : `${dollars} + unpriced`;
  const known = usage.unpricedCalls === 0 ? dollars : unpriced;
  const doubt = usage.doubt?.microDollars ?? 0;
  return doubt === 0 ? known : `${known} (and up to $${(doubt / 1_000_000).toFixed(4)} in doubt)`;
}
