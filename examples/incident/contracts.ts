import { z } from 'zod';

const serviceSchema = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'is no name of a service');

/** What woke somebody up: the service that was seen to fail, and the time to look at. */
export const alertSchema = z.strictObject({
  incident: z.string().min(1).max(40),
  service: serviceSchema,
  symptom: z.string().min(1).max(500),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
});
export type Alert = z.infer<typeof alertSchema>;

/** A line of a file and what it shows. */
export const findingSchema = z.strictObject({
  says: z.string(),
  file: z.string(),
  line: z.number(),
  /** Copied from that line. */
  quote: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What a worker found. */
export const findingsSchema = z.strictObject({ findings: z.array(findingSchema) });
export type Findings = z.infer<typeof findingsSchema>;

export const actionSchema = z.strictObject({
  kind: z.enum(['roll_back', 'restart']),
  service: serviceSchema,
  /** What a roll-back leads to; null for a restart. */
  version: z.string().nullable(),
  why: z.string(),
});
export type Action = z.infer<typeof actionSchema>;

/** What the commander concludes. */
export const conclusionSchema = z.strictObject({
  service: serviceSchema,
  cause: z.string(),
  evidence: z.array(findingSchema),
  action: actionSchema.nullable(),
});
export type Conclusion = z.infer<typeof conclusionSchema>;

/** The conclusion, held against the files: evidence that is not there is gone, and so is an action that cannot be. */
export const checkedSchema = conclusionSchema.extend({ incident: z.string(), leftOut: z.array(z.string()) });
export type Checked = z.infer<typeof checkedSchema>;

export const reportSchema = checkedSchema.extend({
  outcome: z.enum(['carried out', 'not carried out', 'nothing to do']),
  /** Number of the change that carried the action out. */
  change: z.string().nullable(),
});
export type Report = z.infer<typeof reportSchema>;
