import ms, { type StringValue } from 'ms';

/** Milliseconds as a number, or text such as `30s`, `10m`, `24h`, `7d`. */
export type Duration = number | string;

/** A duration in milliseconds. Throws on text that `durationSchema` would have refused. */
export function milliseconds(duration: Duration): number {
  const value = typeof duration === 'number' ? duration : parse(duration);
  if (!isPositive(value)) throw new RangeError(`"${duration}" is no positive duration`);
  return value;
}

export function isDuration(text: string): boolean {
  return isPositive(parse(text));
}

function parse(text: string): number | undefined {
  try {
    return ms(text as StringValue);
  } catch {
    return undefined;
  }
}

function isPositive(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0;
}
