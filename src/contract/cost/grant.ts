import type { Amount } from './amount';
import type { Usage } from './usage';

/**
 * What a call, a packed agent or a batch may use: held in the run's accounts before it begins, so that nothing else can
 * use it, and never exceeded by the worker. What it does not use goes back.
 */
export interface Grant extends Amount {
  /** There is no more: the last call takes what is left, and concludes. Else a call that needs more fails GrantTooSmall. */
  readonly final?: true;
}

/** What may be spent before something follows; less than nothing once it has. */
export type Spendable = Omit<Amount, 'calls'>;

export function isSpent({ tokens, microDollars }: Spendable): boolean {
  return tokens < 0 || microDollars < 0;
}

/** Facts of a GrantTooSmall: what the whole activity needs to go on, and what it has used up to then. */
export interface GrantFacts {
  readonly needs: Amount;
}

/** A child's grant is used up. */
export interface AskedGrant {
  /** Workflow id of the child. */
  readonly from: string;
  readonly needed: Amount;
  /** As much as it has had up to now, so that a long child asks a few times only. */
  readonly wanted: Amount;
}

export interface GivenGrant {
  readonly amount: Amount;
  /** Less than was needed: there is no more. */
  readonly isAll: boolean;
}

/** What a cancelled child has used. */
export interface UsedByChild {
  readonly from: string;
  readonly usage: Usage;
}

/** The dearest rates of an agent's models, in micro-dollars a million tokens. */
export interface WorstRates {
  readonly input: number;
  readonly output: number;
}

/** The most that so many tokens cost, rounded up to a micro-dollar. */
export function worstCost(
  tokens: { readonly input: number; readonly output: number },
  rates: WorstRates | undefined,
): number {
  if (rates === undefined) return 0;
  return Math.ceil((tokens.input * rates.input + tokens.output * rates.output) / 1_000_000);
}
