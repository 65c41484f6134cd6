/** What ended a piece of work that did not end by itself. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/**
 * Runs work under a caller's signal and a time limit. Throws DeadlinePassed when the time is over and the signal's
 * reason when aborted, without waiting for the work: code that ignores its signal goes on, and what it gives is dropped.
 */
export async function runWithDeadline<T>(
  limit: { readonly signal: AbortSignal; readonly timeoutMs: number },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  limit.signal.throwIfAborted();
  const ended = new AbortController();
  const timer = setTimeout(
    () => ended.abort(new DeadlinePassed(`no result after ${limit.timeoutMs} ms`)),
    limit.timeoutMs,
  );
  const onAbort = (): void => ended.abort(limit.signal.reason);
  limit.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await new Promise<T>((resolve, reject) => {
      ended.signal.addEventListener('abort', () => reject(ended.signal.reason), { once: true });
      work(ended.signal).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    limit.signal.removeEventListener('abort', onAbort);
  }
}
