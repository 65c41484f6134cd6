import { z } from 'zod';
import { durationSchema } from '../team/duration-schema';
import type { ApprovalTerms } from '../team/step';

export const approverName = z.string().trim().min(1).max(200);

/** The fields of {@link ApprovalTerms} with their defaults. */
export const approvalTerms = {
  approvers: z.array(approverName).default([]),
  deadline: durationSchema.default('24h'),
  escalate: z
    .array(z.strictObject({ after: durationSchema, to: z.array(approverName).min(1) }))
    .max(10)
    .default([]),
  whenUnanswered: z.enum(['deny', 'approve', 'fail']).default('deny'),
  quorum: z.number().int().min(1).max(100).optional(),
};

/** Terms of what acts on the world: there silence never approves. */
export const cautiousTermsSchema = z.strictObject({
  ...approvalTerms,
  whenUnanswered: z.enum(['deny', 'fail']).default('deny'),
}) satisfies z.ZodType<ApprovalTerms>;
