import { WRAP_UP } from '../../agent/prompts';
import { type Amount, fits } from '../../contract/cost/amount';
import { worstCost } from '../../contract/cost/grant';
import { failure } from '../../contract/fail';
import type { Json } from '../../contract/json';
import type { ResolvedModel } from '../../models/models';
import { worstRates } from '../../models/price';
import type { ModelRequest } from '../../models/provider';
import type { GrantPool } from './grant-pool';
import { inputBound } from './input-bound';

/** Fewer tokens than this are no answer worth paying for. */
const LEAST_OUTPUT = 256;

export interface Fitted {
  readonly request: ModelRequest;
  /** Held in the pool. */
  readonly worst: Amount;
  /** No fewer input tokens than the whole request can have. */
  readonly bound: number;
}

/**
 * Holds a request's worst case in the pool before it is sent: all of its input, and the longest reply. Where only less
 * is left and nothing more will be granted, the reply is made shorter and the model told to conclude. Throws
 * GrantTooSmall where more may be granted, with what is needed; TokenLimitReached or CostLimitReached where it may not.
 */
export async function fitRequest(
  pool: GrantPool,
  request: ModelRequest,
  { model, signal }: { readonly model: ResolvedModel; readonly signal: AbortSignal },
): Promise<Fitted> {
  const rates = worstRates(model.price);
  const costOf = (input: number, output: number): Amount => ({
    calls: 1,
    tokens: input + output,
    microDollars: worstCost({ input, output }, rates),
  });
  const bound = inputBound(request);
  for (;;) {
    const worst = costOf(bound, request.maxOutputTokens);
    if (pool.hold(worst)) return { request, worst, bound };
    const freed = pool.freed();
    if (freed === undefined) break;
    await freed;
    signal.throwIfAborted();
  }
  // Counted by the vendor only now: a count takes as long as a short call.
  const input = Math.min(bound, (await model.provider.countInput?.(request, { signal })) ?? bound);
  const whole = costOf(input, request.maxOutputTokens);
  if (pool.hold(whole)) return { request, worst: whole, bound };
  if (!pool.isFinal) throw tooSmall(pool, whole);
  const left = pool.left();
  const output = longestOutput(left, { input, rates, most: request.maxOutputTokens });
  const worst = costOf(input, output);
  if (output < Math.min(LEAST_OUTPUT, request.maxOutputTokens) || !pool.hold(worst))
    throw spent(left, costOf(input, LEAST_OUTPUT));
  return { request: concluding({ ...request, maxOutputTokens: output }), worst, bound };
}

function longestOutput(
  left: Amount,
  { input, rates, most }: { input: number; rates: ReturnType<typeof worstRates>; most: number },
): number {
  const byTokens = Math.floor(left.tokens - input);
  if (rates === undefined || rates.output === 0) return Math.min(most, byTokens);
  const byCost = Math.floor((left.microDollars * 1_000_000 - input * rates.input) / rates.output);
  return Math.min(most, byTokens, byCost);
}

function concluding(request: ModelRequest): ModelRequest {
  return {
    ...withNote(request, WRAP_UP),
    ...(request.tools.length === 0 ? {} : { toolChoice: 'none' as const }),
  };
}

/** The request with something said at its end that the transcript does not keep. */
export function withNote(request: ModelRequest, text: string): ModelRequest {
  const last = request.messages.at(-1);
  if (last?.role !== 'user') return request;
  const noted = { ...last, content: [...last.content, { type: 'text' as const, text }] };
  return { ...request, messages: [...request.messages.slice(0, -1), noted] };
}

function tooSmall(pool: GrantPool, call: Amount): Error {
  const needs = pool.neededFor(call);
  return failure(
    'GrantTooSmall',
    `The next call may take ${call.tokens} tokens and ${call.microDollars} micro-dollars, more than was granted.`,
    { details: [{ needs: { ...needs } } as unknown as Json] },
  );
}

function spent(left: Amount, call: Amount): Error {
  const tokens = !fits({ ...call, microDollars: 0 }, left);
  return tokens
    ? failure(
        'TokenLimitReached',
        `${left.tokens} tokens are left in the budget, and the next call needs ${call.tokens} at least.`,
      )
    : failure(
        'CostLimitReached',
        `${left.microDollars} micro-dollars are left in the budget, and the next call needs ${call.microDollars} at least.`,
      );
}
