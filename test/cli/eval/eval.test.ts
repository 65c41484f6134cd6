import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../../src/cli/exit-codes';
import { sharedServer } from '../../setup/shared-server';
import { baton } from '../fake-terminal';

const folder = mkdtempSync(join(tmpdir(), 'baton-eval-'));
const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: join(folder, 'store') };
const desk = join(folder, 'desk');
const data = join(folder, 'rows.jsonl');

const says = (word: string) => ({ at: '', matches: word });
const who = { kind: 'agent', agent: 'clerk' };
const ROOT = {
  kind: 'route',
  by: [
    {
      by: 'rules',
      rules: [
        { when: says('bill|refund'), route: 'billing' },
        { when: says('parcel'), route: 'orders' },
        { when: says('broken'), route: 'complaints' },
      ],
    },
  ],
  routes: {
    billing: {
      kind: 'route',
      by: [{ by: 'rules', rules: [{ when: says('refund'), route: 'refund' }] }],
      routes: { refund: who },
      fallback: who,
    },
    orders: who,
    complaints: { kind: 'approve', question: 'Soothe?', approvers: ['ann'] },
  },
  fallback: who,
};

beforeAll(() => {
  mkdirSync(desk);
  const team = {
    name: `eval-${randomUUID().slice(0, 8)}`,
    agents: { clerk: { instructions: 'Help.' } },
    root: ROOT,
  };
  writeFileSync(join(desk, 'team.json'), JSON.stringify(team));
  writeFileSync(
    join(desk, 'offline.js'),
    `exports.offline = ({ messages }) => {
       const said = JSON.stringify(messages[0].content);
       if (said.includes('crash')) throw new TypeError('no such reply');
       return said.includes('explode') ? { text: '', stop: 'refusal', stopDetail: 'x' } : { text: 'helped' };
     };`,
  );
  const rows = [
    ['a refund, please', 'billing/refund'],
    ['the bill is wrong', 'billing/otherwise'],
    ['my bill', 'billing'],
    ['where is my parcel', 'orders'],
    ['about my parcel', 'billing'],
    ['it is broken', 'complaints'],
    ['the parcel will explode', 'orders'],
    ['hello', 'otherwise'],
  ];
  writeFileSync(data, rows.map(([input, expected]) => JSON.stringify({ input, expected })).join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('baton eval', () => {
  test('routes of every level are compared; failures are wrong, and who waits for a person is told by the route', async () => {
    const out = join(folder, 'report');
    const run = baton(['eval', desk, '--data', data, '--out', out, '--json', '--concurrency', '3'], { env });
    const code = await run.ended;
    expect({ code, told: run.stderr() }).toMatchObject({ code: EXIT.ok });
    const report = JSON.parse(run.stdout());
    expect(report).toMatchObject({ rows: 8, right: 6, accuracy: 0.75, failed: 1 });
    expect(report.wrong).toEqual([
      expect.objectContaining({ input: 'about my parcel', expected: 'billing', actual: 'orders' }),
      expect.objectContaining({
        input: 'the parcel will explode',
        expected: 'orders',
        actual: 'ModelRefused',
      }),
    ]);
    expect(report.confusion['billing/refund']).toEqual({ 'billing/refund': 1 });
    expect(report.usage.calls).toBe(7);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toMatchObject(report);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('75.00 %');
  }, 60_000);

  test('--output compares what came out; offline replies that throw fail their row at once', async () => {
    const args = ['eval', desk, '--data', data, '--output', '', '--limit', '3', '--json'];
    const rows = [
      ['a', 'helped'],
      ['b', 'no'],
      ['a crash', 'helped'],
      ['left out', 'helped'],
    ];
    writeFileSync(data, rows.map(([input, expected]) => JSON.stringify({ input, expected })).join('\n'));
    const run = baton(args, { env });
    expect(await run.ended).toBe(EXIT.ok);
    expect(JSON.parse(run.stdout())).toMatchObject({
      rows: 3,
      right: 1,
      failed: 1,
      wrong: [{ actual: 'helped' }, { actual: 'ScriptExhausted' }],
    });
  }, 60_000);

  test('a line that is no row is named, and so is a wrong number, before anything is started', async () => {
    writeFileSync(data, '{ "input": "a", "expected": "b" }\n{ "text": "a" }\n');
    const wrongRow = baton(['eval', desk, '--data', data], { env });
    expect(await wrongRow.ended).toBe(EXIT.usage);
    expect(wrongRow.stderr()).toContain(`${data}:2`);
    const wrongNumber = baton(['eval', desk, '--data', data, '--concurrency', 'many'], { env });
    expect(await wrongNumber.ended).toBe(EXIT.usage);
    expect(wrongNumber.stderr()).toContain('--concurrency many');
  });
});
