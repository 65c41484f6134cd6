import type { Dropped, Order, OrderBatch, RawRecord } from './batch';

export interface References {
  readonly customers: readonly RawRecord[];
  readonly rates: readonly RawRecord[];
}

/** Adds each customer's country and segment and the amount in euros; without a customer or a rate the row is dropped. */
export function enrichOrders(batch: OrderBatch, { customers, rates }: References): OrderBatch {
  const byCustomer = new Map(customers.map(({ fields }) => [fields.customer, fields]));
  const byCurrency = new Map(rates.map(({ fields }) => [fields.currency, Number(fields.euros)]));
  const judged = batch.records.map((order): Order | Dropped => {
    const known = byCustomer.get(order.customer);
    const rate = byCurrency.get(order.currency);
    if (known === undefined) return lost(order, `customer ${order.customer} is unknown`);
    if (rate === undefined) return lost(order, `there is no rate for ${order.currency}`);
    return {
      ...order,
      country: known.country ?? null,
      segment: known.segment ?? null,
      euroCents: Math.round(order.cents * rate),
    };
  });
  return {
    records: judged.flatMap((one) => ('reason' in one ? [] : [one])),
    dropped: [...batch.dropped, ...judged.flatMap((one) => ('reason' in one ? [one] : []))],
    notes: batch.notes,
  };
}

function lost({ row }: Order, reason: string): Dropped {
  return { row, stage: 'enrich', reason };
}
