import { z } from 'zod';
import { nameSchema } from '../team/name-schema';
import { predicateSchema } from '../team/predicate';
import { cautiousTermsSchema } from './approval-terms-schema';
import { type Policy, VERDICTS } from './policy';

const names = z.array(nameSchema).min(1).max(200).optional();

const ruleSchema = z.strictObject({
  verdict: z.enum(VERDICTS),
  because: z.string().min(1).max(500).optional(),
  tools: names,
  effect: z.enum(['read', 'write']).optional(),
  agents: names,
  roles: names,
  args: predicateSchema.optional(),
  untrusted: z.boolean().optional(),
  terms: cautiousTermsSchema.optional(),
  remember: z.boolean().optional(),
});

export const policySchema = z.strictObject({
  version: z.string().min(1).max(64).default('1'),
  rules: z.array(ruleSchema).max(200).default([]),
  otherwise: z.enum(VERDICTS).default('allow'),
  whenUntrusted: z.enum(VERDICTS).default('ask'),
}) satisfies z.ZodType<Policy>;
