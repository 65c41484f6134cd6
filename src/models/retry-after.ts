/** Spread added to a provider's wait, so that a fan-out turned away together does not come back together. */
const SPREAD = 0.2;

/** The part of `Headers` that is read here. */
export interface ReadableHeaders {
  get(name: string): string | null;
}

/** Milliseconds that a provider asks to wait: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date. */
export function retryAfterMs(
  headers: ReadableHeaders | undefined,
  now: number = Date.now(),
): number | undefined {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const told = headers?.get('retry-after')?.trim();
  if (told === undefined || told === '') return undefined;
  const seconds = Number(told);
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : seconds * 1000;
  const date = Date.parse(told);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** A wait of at least what was asked and at most a fifth more. */
export function spreadWait(askedMs: number): number {
  return Math.ceil(askedMs * (1 + Math.random() * SPREAD));
}
