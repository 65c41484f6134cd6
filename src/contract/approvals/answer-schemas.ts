import { z } from 'zod';
import type { Delegation, Edit } from './approval';
import { approverName } from './approval-terms-schema';

const word = {
  approval: z.string().min(1).max(64),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  by: approverName,
  signature: z
    .string()
    .regex(/^[0-9a-f]{128}$/)
    .optional(),
};

/** Delegations and edits as clients send them; the workflow checks them again by rules of its own. */
export const delegationSchema: z.ZodType<Delegation> = z.strictObject({
  ...word,
  to: approverName,
  reason: z.string().max(2000).optional(),
});

export const editSchema: z.ZodType<Edit> = z.strictObject({
  ...word,
  args: z.strictObject({ inline: z.json() }),
});
