/** Whoever sends both signals at once, as some supervisors do, wants one orderly end and not a process that is cut off. */
const SAME_WISH_MS = 1_000;

/** Ctrl-C or SIGTERM as an abort signal, for as long as `work` lasts; another one, a second later, ends the process at once. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  let firstAt = 0;
  const onSignal = (): void => {
    if (interrupted.signal.aborted) {
      if (performance.now() - firstAt > SAME_WISH_MS) process.exit(130);
      return;
    }
    firstAt = performance.now();
    interrupted.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await work(interrupted.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
