import { z } from 'zod';
import { droppedSchema, type OrderBatch, type Topics } from './batch';

export const resultSchema = z.object({
  /** CSV with a header line. */
  table: z.string(),
  kept: z.number(),
  dropped: z.array(droppedSchema),
  notes: z.array(z.string()),
  /** Sum of the kept orders in euros; null where no order has an amount in euros. */
  totalEuros: z.number().nullable(),
  /** How many orders there are of each topic. */
  topics: z.record(z.string(), z.number()),
});
export type Result = z.infer<typeof resultSchema>;

const COLUMNS = ['id', 'date', 'customer', 'country', 'segment', 'amount', 'currency', 'euros', 'topic'];

export function formatOrders(batch: OrderBatch, topics: Topics | null): Result {
  const topicOf = new Map((topics?.topics ?? []).map(({ id, topic }) => [id, topic]));
  const rows = batch.records.map((order) => [
    order.id,
    order.date,
    order.customer,
    order.country,
    order.segment,
    units(order.cents),
    order.currency,
    order.euroCents === null ? null : units(order.euroCents),
    topicOf.get(order.id) ?? null,
  ]);
  const inEuros = batch.records.flatMap(({ euroCents }) => (euroCents === null ? [] : [euroCents]));
  return {
    table: [COLUMNS, ...rows].map((row) => row.map(cell).join(',')).join('\n'),
    kept: batch.records.length,
    dropped: batch.dropped.toSorted((left, right) => left.row - right.row),
    notes: [...batch.notes, ...(topics === null ? ['topics: the comments were not sorted'] : [])],
    totalEuros: inEuros.length === 0 ? null : inEuros.reduce((sum, cents) => sum + cents, 0) / 100,
    topics: count(rows.map((row) => row.at(-1) ?? 'none')),
  };
}

function units(cents: number): string {
  return (cents / 100).toFixed(2);
}

function cell(value: string | null): string {
  const text = value ?? '';
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
