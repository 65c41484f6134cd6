import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examplesOf, readMessages } from '../../scripts/bench/labelled-messages';

const folder = mkdtempSync(join(tmpdir(), 'baton-messages-'));
const file = join(folder, 'rows.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

describe('labelled messages', () => {
  test('a route is the domain, an intent stands behind it, and what is out of scope belongs to no route', () => {
    const rows = [
      { text: 'a', domain: 'billing', intent: 'refund' },
      { text: 'b', domain: 'billing', intent: 'refund' },
      { text: 'c', domain: 'billing', intent: 'refund' },
      { text: 'd', domain: 'orders' },
      { text: 'e', domain: 'out_of_scope', intent: 'oos' },
    ];
    writeFileSync(file, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
    expect(examplesOf(readMessages(file), 2)).toEqual({
      'billing/refund': ['a', 'b'],
      orders: ['d'],
      'otherwise/oos': ['e'],
    });
  });

  test('a missing file is told with the way out, a wrong row with its line', () => {
    expect(() => readMessages(join(folder, 'none.jsonl'))).toThrow('set BATON_DATA');
    writeFileSync(file, '{ "text": "a", "domain": "b" }\n{ "text": "a" }\n');
    expect(() => readMessages(file)).toThrow(`${file}:2`);
  });
});
