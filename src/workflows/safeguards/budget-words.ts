import { type Amount, minus } from '../../contract/cost/amount';
import type { WorstRates } from '../../contract/cost/grant';
import { failure } from '../../contract/fail';
import type { BudgetView } from '../../contract/run/view';
import { type Account, leftOf } from './accounts';

/** The failure of a call that a budget has not enough left for. */
export function spentFailure(account: Account, needed: Amount): Error {
  const { name, limit } = account;
  const left = leftOf(account);
  if (needed.calls > left.calls)
    return failure(
      'ModelCallLimitReached',
      `Of ${name}, all ${limit.calls} model calls are used (maxModelCalls).`,
    );
  if (needed.tokens > left.tokens)
    return failure(
      'TokenLimitReached',
      `Of ${name}, ${left.tokens} of ${limit.tokens} tokens are left (maxTokens); the next call may need ${needed.tokens}.`,
    );
  return failure(
    'CostLimitReached',
    `Of ${name}, ${left.microDollars} of ${limit.microDollars} micro-dollars are left (maxMicroDollars); the next call may need ${needed.microDollars}.`,
  );
}

/** What a model is told of a budget that its next calls may use up. */
export function budgetNote({ tokens, microDollars }: Amount, rates: WorstRates | undefined): string {
  const dollars = rates !== undefined ? ` and $${(microDollars / 1_000_000).toFixed(4)}` : '';
  return `Budget left for this work: ${tokens} tokens${dollars}. Use it sparingly and conclude in time.`;
}

export function budgetView({ name, limit, spent, held }: Account): BudgetView {
  return { name, limit, left: minus(limit, spent), held };
}
