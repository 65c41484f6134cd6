import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { OrderBatch, RawBatch } from '../../../examples/data-pipeline/batch';
import { enrichOrders } from '../../../examples/data-pipeline/enrich-orders';
import { formatOrders } from '../../../examples/data-pipeline/format-orders';
import { offline } from '../../../examples/data-pipeline/offline';
import { readCents, readDate } from '../../../examples/data-pipeline/read-cells';
import { readRecords } from '../../../examples/data-pipeline/read-records';
import { EXACT, validateRecords } from '../../../examples/data-pipeline/validate-records';
import { asked } from '../asked';

const FOLDER = 'examples/data-pipeline/input';
const sample = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const references = {
  customers: readRecords(sample('customers.csv')).records,
  rates: readRecords(sample('rates.csv')).records,
};

describe('readRecords', () => {
  test('a row with too many cells is dropped with its line in the file, an empty line is none', () => {
    const { records, dropped } = readRecords('a,b\n1,2\n\n3,4,5\n"x\ny",6\n');
    expect(records).toEqual([
      { row: 2, fields: { a: '1', b: '2' } },
      { row: 6, fields: { a: 'x\ny', b: '6' } },
    ]);
    expect(dropped).toEqual([{ row: 4, stage: 'extract', reason: 'has 3 cells, the header has 2' }]);
  });

  test('JSON lines: what is no JSON and what is no object is dropped, numbers become text', () => {
    const { records, dropped } = readRecords('{"id": 7, "note": null}\n{oops\n[1]\n');
    expect(records).toEqual([{ row: 1, fields: { id: '7', note: '' } }]);
    expect(dropped.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'is no JSON'],
      [3, 'is no JSON object'],
    ]);
  });
});

describe('cells', () => {
  test.each([
    ['2026-03-04', '2026-03-04'],
    ['4.3.2026', '2026-03-04'],
    ['4 March 2026', '2026-03-04'],
    ['2024-02-29', '2024-02-29'],
    ['2026-02-29', undefined],
    ['31.04.2026', undefined],
    ['tomorrow', undefined],
    ['', undefined],
  ])('date %j is %j', (text, day) => {
    expect(readDate(text)).toBe(day);
  });

  test.each([
    ['1.234,56', 123_456],
    ['1,234.56', 123_456],
    ['€ 12.50', 1250],
    ['1,150', 115_000],
    ['7,5', 750],
    ['-0.20', -20],
    ['12', 1200],
    ['abc', undefined],
    ['', undefined],
  ])('amount %j is %j hundredths', (text, cents) => {
    expect(readCents(text)).toBe(cents);
  });

  test('amounts: whatever is written in either notation is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), (cents) => {
        const sign = cents < 0 ? '-' : '';
        const [whole = '', decimals] = (Math.abs(cents) / 100).toFixed(2).split('.');
        const grouped = (mark: string): string => whole.replace(/\B(?=(\d{3})+$)/g, mark);
        expect(readCents(`${sign}${grouped(',')}.${decimals}`)).toBe(cents === 0 ? 0 : cents);
        expect(readCents(`${sign}${grouped('.')},${decimals}`)).toBe(cents === 0 ? 0 : cents);
      }),
    );
  });
});

describe('stages over the sample', () => {
  const read = readRecords(sample('orders.csv'));
  const valid = validateRecords(read);
  const enriched = enrichOrders(valid, references);

  test('no row is lost in silence: each is kept or dropped once, with a reason', () => {
    const rows = [...enriched.records, ...enriched.dropped].map(({ row }) => row).sort((a, b) => a - b);
    expect(rows).toEqual([...read.records, ...read.dropped].map(({ row }) => row).sort((a, b) => a - b));
    expect(enriched.dropped.every(({ reason }) => reason !== '')).toBe(true);
  });

  test('each kind of bad row is dropped at the stage that sees it', () => {
    const reasons = enriched.dropped.map(({ stage, reason }) => `${stage}: ${reason}`);
    expect(reasons).toEqual(
      expect.arrayContaining([
        'extract: has 8 cells, the header has 6',
        'validate: date "2026-02-30" is not a day',
        'validate: customer is empty',
        'validate: order A-1002 stands in row 3 already',
        'validate: amount -20.00 is negative',
        'enrich: customer C-99 is unknown',
        'enrich: there is no rate for JPY',
      ]),
    );
  });

  test('the exact reading keeps fewer records and changes none', () => {
    const exact = validateRecords(read, EXACT);
    expect(exact.records.length).toBeLessThan(valid.records.length);
    for (const order of exact.records) expect(valid.records).toContainEqual(order);
  });

  test('the table holds every kept order, and the total is their sum', () => {
    const result = formatOrders(enriched, null);
    expect(result.table.split('\n')).toHaveLength(enriched.records.length + 1);
    const cents = enriched.records.reduce((sum, { euroCents }) => sum + (euroCents ?? Number.NaN), 0);
    expect(result.totalEuros).toBeCloseTo(cents / 100, 6);
    expect(result.notes).toEqual(['topics: the comments were not sorted']);
  });

  test('without enrichment there is no total, rather than a wrong one', () => {
    expect(formatOrders(valid, null).totalEuros).toBeNull();
  });

  test('cells with commas and quotes come back from the table unharmed', () => {
    const [first] = enriched.records;
    const odd: OrderBatch = { ...enriched, records: first ? [{ ...first, country: 'a "b", c' }] : [] };
    const table: RawBatch = readRecords(formatOrders(odd, null).table);
    expect(table.records[0]?.fields.country).toBe('a "b", c');
  });
});

describe('the offline sorter', () => {
  const topicOf = (comment: string): unknown => offline(asked('sorter', [{ id: 'A-1', comment }])).output;

  test.each([
    ['The parcel came late', 'delivery'],
    ['I was charged twice', 'payment'],
    ['The zip broke', 'product'],
    ['Great service, thank you', 'praise'],
    ['Hello', 'other'],
    ['Great lamp, but the parcel was late and the box open', 'delivery'],
  ])('%j is about %s', (comment, topic) => {
    expect(topicOf(comment)).toEqual({ topics: [{ id: 'A-1', topic }] });
  });
});
