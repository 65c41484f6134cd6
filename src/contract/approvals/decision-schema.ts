import { z } from 'zod';
import type { Decision } from './approval';

/** A decision as clients send it; the workflow checks it again by rules of its own. */
export const decisionSchema: z.ZodType<Decision> = z.strictObject({
  approval: z.string().min(1).max(64),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  verdict: z.enum(['approve', 'deny']),
  by: z.string().trim().min(1).max(200),
  reason: z.string().max(2000).optional(),
  choice: z.string().min(1).max(200).optional(),
  remember: z.boolean().optional(),
  signature: z
    .string()
    .regex(/^[0-9a-f]{128}$/)
    .optional(),
});
