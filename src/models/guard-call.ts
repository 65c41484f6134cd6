import { ApplicationFailure } from '@temporalio/common';
import { failure } from '../contract/fail';
import type { ModelRequest, ProviderContext } from './provider';

export interface Guard {
  /** Aborts with the caller's signal and when the provider stalls. */
  readonly signal: AbortSignal;
  /** To be called for everything that the provider sends, keep-alives included: it begins the wait anew. */
  heard(): void;
}

/** Time for the end of a body whose reply is whole: after it the connection can be used again, without it it is cut. */
const LINGER_MS = 1000;

/**
 * Runs one exchange with a provider under the caller's signal and the request's stall timeout. Throws the signal's
 * reason when aborted, ModelTimeout when nothing was heard in time, else what `toFailure` makes of the error.
 */
export async function guardCall<T>(
  request: Pick<ModelRequest, 'stallTimeoutMs' | 'model'>,
  context: ProviderContext,
  exchange: { run(guard: Guard): Promise<T>; toFailure(error: unknown): ApplicationFailure },
): Promise<T> {
  const { signal: caller } = context;
  caller.throwIfAborted();
  const cut = new AbortController();
  let stalled = false;
  const timer = setTimeout(() => {
    stalled = true;
    cut.abort();
  }, request.stallTimeoutMs);
  const onAbort = (): void => cut.abort(caller.reason);
  caller.addEventListener('abort', onAbort, { once: true });
  try {
    const heard = (): void => {
      context.began?.();
      timer.refresh();
    };
    const reply = await exchange.run({ signal: cut.signal, heard });
    setTimeout(() => cut.abort(), LINGER_MS).unref();
    return reply;
  } catch (error) {
    // Whatever broke the exchange, no socket may go on reading a reply that nobody waits for.
    cut.abort();
    if (caller.aborted) throw caller.reason;
    if (stalled)
      throw failure(
        'ModelTimeout',
        `${request.model} sent nothing for ${request.stallTimeoutMs} ms. Where the model is known to be slow, raise its stallTimeoutMs in the file that BATON_MODELS names.`,
        { details: [{ model: request.model, stallTimeoutMs: request.stallTimeoutMs }] },
      );
    if (error instanceof ApplicationFailure) throw error;
    throw exchange.toFailure(error);
  } finally {
    clearTimeout(timer);
    caller.removeEventListener('abort', onAbort);
  }
}
