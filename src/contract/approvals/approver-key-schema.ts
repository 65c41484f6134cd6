import { z } from 'zod';
import { approverName } from './approval-terms-schema';
import type { ApproverKey } from './signing';

export const approverKeySchema: z.ZodType<ApproverKey> = z.strictObject({
  name: approverName,
  publicKey: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
});
