import { z } from 'zod';
import { type Duration, isDuration } from './duration';

export const durationSchema: z.ZodType<Duration> = z.union(
  [
    z.number().int().positive(),
    z.string().refine(isDuration, 'is no duration: write milliseconds, or text such as "30s", "10m", "24h"'),
  ],
  { error: 'must be a duration: milliseconds, or text such as "30s", "10m", "24h"' },
);
