import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** Milliseconds as a number, or text such as `30s`, `10m`, `24h`, `7d`. */
export type Duration = number | string;

export const durationSchema: z.ZodType<Duration> = z.union(
  [
    z.number().int().positive(),
    z
      .string()
      .refine(
        (text) => isPositive(parse(text)),
        'is no duration: write milliseconds, or text such as "30s", "10m", "24h"',
      ),
  ],
  { error: 'must be a duration: milliseconds, or text such as "30s", "10m", "24h"' },
);

/** A duration in milliseconds. Throws on text that {@link durationSchema} would have refused. */
export function milliseconds(duration: Duration): number {
  const value = typeof duration === 'number' ? duration : parse(duration);
  if (!isPositive(value)) throw new RangeError(`"${duration}" is no positive duration`);
  return value;
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
