import { z } from 'zod';

/** A row that went no further, at which stage and why. */
export const droppedSchema = z.object({ row: z.number(), stage: z.string(), reason: z.string() });
export type Dropped = z.infer<typeof droppedSchema>;

/** A row as it was read: column names as in the file, cells as text. */
export const rawRecordSchema = z.object({ row: z.number(), fields: z.record(z.string(), z.string()) });
export type RawRecord = z.infer<typeof rawRecordSchema>;

export const orderSchema = z.object({
  row: z.number(),
  id: z.string(),
  /** ISO 8601, such as 2026-03-04. */
  date: z.string(),
  customer: z.string(),
  /** In hundredths of the currency. */
  cents: z.number(),
  currency: z.string(),
  comment: z.string(),
  /** Null until the customer is looked up, or where that failed. */
  country: z.string().nullable(),
  segment: z.string().nullable(),
  euroCents: z.number().nullable(),
});
export type Order = z.infer<typeof orderSchema>;

const carried = {
  /** Every row that was lost so far. */
  dropped: z.array(droppedSchema),
  /** What a stage could not do, for the reader of the result. */
  notes: z.array(z.string()),
};
export const rawBatchSchema = z.object({ records: z.array(rawRecordSchema), ...carried });
export type RawBatch = z.infer<typeof rawBatchSchema>;
export const orderBatchSchema = z.object({ records: z.array(orderSchema), ...carried });
export type OrderBatch = z.infer<typeof orderBatchSchema>;

export const TOPICS = ['delivery', 'payment', 'product', 'praise', 'other'] as const;

/** What the sorter must answer: a topic for every comment. */
export const topicsSchema = z.strictObject({
  topics: z.array(z.strictObject({ id: z.string(), topic: z.enum(TOPICS) })),
});
export type Topics = z.infer<typeof topicsSchema>;

/** How a stage is told to fail. `transient`: twice, then it works. `permanent`: every time. */
export const FAILURE_KINDS = ['transient', 'permanent'] as const;
export const failureKindSchema = z.enum(FAILURE_KINDS).nullable();
export type FailureKind = (typeof FAILURE_KINDS)[number];
