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

interface Left {
  /** Of a budget that its next calls may use up. */
  readonly scarce: Amount | undefined;
  readonly rates: WorstRates | undefined;
  /** Milliseconds of a time that its next turns may use up. */
  readonly leftMs: number | undefined;
}

/** What a model is told of what it may use up; undefined where there is plenty of all. */
export function budgetNote({ scarce, rates, leftMs }: Left): string | undefined {
  const parts = [
    ...(scarce === undefined ? [] : [`${scarce.tokens} tokens`]),
    ...(scarce === undefined || rates === undefined
      ? []
      : [`$${(scarce.microDollars / 1_000_000).toFixed(4)}`]),
    ...(leftMs === undefined ? [] : [`${Math.max(0, Math.round(leftMs / 1000))} seconds`]),
  ];
  if (parts.length === 0) return undefined;
  return `Budget left for this work: ${parts.join(' and ')}. Use it sparingly and conclude in time.`;
}

export function budgetView(
  { name, limit, spent, doubt, held }: Account,
  time?: BudgetView['time'],
): BudgetView {
  return {
    name,
    limit,
    left: minus(limit, spent),
    held,
    spent: minus(spent, doubt),
    doubt,
    ...(time === undefined ? {} : { time }),
  };
}
