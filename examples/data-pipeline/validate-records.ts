import type { Dropped, Order, OrderBatch, RawBatch, RawRecord } from './batch';
import { readCents, readDate } from './read-cells';

/** How cells are read: forgiving the notations that are seen in such files, or as the export format prescribes. */
export interface CellReaders {
  readonly date: (text: string) => string | undefined;
  readonly cents: (text: string) => number | undefined;
}

export const FORGIVING: CellReaders = { date: readDate, cents: readCents };

/** For when the validator is out of order: nothing is repaired, what isn't exact is dropped. */
export const EXACT: CellReaders = {
  date: (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? readDate(text) : undefined),
  cents: (text) => (/^\d+\.\d{2}$/.test(text) ? readCents(text) : undefined),
};

/** Makes orders of rows; a row that cannot be one is dropped with the first reason found. */
export function validateRecords(batch: RawBatch, readers: CellReaders = FORGIVING): OrderBatch {
  const rowOfId = new Map<string, number>();
  const judged = batch.records.map((record) => {
    const order = readOrder(record, readers);
    if (typeof order === 'string') return lost(record, order);
    const twin = rowOfId.get(order.id);
    if (twin !== undefined) return lost(record, `order ${order.id} stands in row ${twin} already`);
    rowOfId.set(order.id, order.row);
    return order;
  });
  return {
    records: judged.flatMap((one) => ('reason' in one ? [] : [one])),
    dropped: [...batch.dropped, ...judged.flatMap((one) => ('reason' in one ? [one] : []))],
    notes: batch.notes,
  };
}

/** The order, or why the row is none. */
function readOrder({ row, fields }: RawRecord, readers: CellReaders): Order | string {
  const { order_id: id = '', customer = '', currency = '', comment = '' } = fields;
  if (id === '') return 'order_id is empty';
  if (customer === '') return 'customer is empty';
  const date = readers.date(fields.date ?? '');
  if (date === undefined) return `date "${fields.date ?? ''}" is not a day`;
  const cents = readers.cents(fields.amount ?? '');
  if (cents === undefined) return `amount "${fields.amount ?? ''}" is not a number`;
  if (cents < 0) return `amount ${fields.amount} is negative`;
  if (!/^[A-Za-z]{3}$/.test(currency)) return `currency "${currency}" is no three-letter code`;
  return {
    row,
    id,
    date,
    customer,
    cents,
    currency: currency.toUpperCase(),
    comment,
    country: null,
    segment: null,
    euroCents: null,
  };
}

function lost({ row }: RawRecord, reason: string): Dropped {
  return { row, stage: 'validate', reason };
}
