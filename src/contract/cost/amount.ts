/** What is held, granted and limited: model calls, tokens in and out together, micro-dollars. */
export interface Amount {
  readonly calls: number;
  readonly tokens: number;
  readonly microDollars: number;
}

/** What stands against a budget: confirmed and in doubt together, and of that in doubt. */
export interface Spent extends Amount {
  readonly doubt?: Amount;
}

export const NOTHING: Amount = { calls: 0, tokens: 0, microDollars: 0 };
export const UNBOUNDED: Amount = { calls: Infinity, tokens: Infinity, microDollars: Infinity };

export function plus(left: Amount, right: Amount): Amount {
  return {
    calls: left.calls + right.calls,
    tokens: left.tokens + right.tokens,
    microDollars: left.microDollars + right.microDollars,
  };
}

/** What is left of an amount; nothing where more is taken than there is. */
export function minus(left: Amount, right: Amount): Amount {
  return {
    calls: Math.max(0, left.calls - right.calls),
    tokens: Math.max(0, left.tokens - right.tokens),
    microDollars: Math.max(0, left.microDollars - right.microDollars),
  };
}

export function least(left: Amount, right: Amount): Amount {
  return {
    calls: Math.min(left.calls, right.calls),
    tokens: Math.min(left.tokens, right.tokens),
    microDollars: Math.min(left.microDollars, right.microDollars),
  };
}

export function most(left: Amount, right: Amount): Amount {
  return {
    calls: Math.max(left.calls, right.calls),
    tokens: Math.max(left.tokens, right.tokens),
    microDollars: Math.max(left.microDollars, right.microDollars),
  };
}

/** A part of an amount, 0 to 1, in whole numbers. */
export function shareOf({ calls, tokens, microDollars }: Amount, share: number): Amount {
  return {
    calls: Math.floor(calls * share),
    tokens: Math.floor(tokens * share),
    microDollars: Math.floor(microDollars * share),
  };
}

export function times(amount: Amount, count: number): Amount {
  return {
    calls: amount.calls * count,
    tokens: amount.tokens * count,
    microDollars: amount.microDollars * count,
  };
}

export function fits(needed: Amount, left: Amount): boolean {
  return (
    needed.calls <= left.calls && needed.tokens <= left.tokens && needed.microDollars <= left.microDollars
  );
}

export function isNothing({ calls, tokens, microDollars }: Amount): boolean {
  return calls === 0 && tokens === 0 && microDollars === 0;
}
