import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../../src/cli/exit-codes';
import { sharedServer } from '../../setup/shared-server';
import { baton } from '../fake-terminal';

const folder = mkdtempSync(join(tmpdir(), 'baton-compare-'));
const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: join(folder, 'store') };
const duo = join(folder, 'duo');
const solo = join(folder, 'solo');
const data = join(folder, 'rows.jsonl');

/** The writer shouts where its input is loud already; the editor makes everything loud; the judge likes what is loud. */
const REPLIES = `exports.offline = ({ agent, messages }) => {
  const said = messages[0].content.map((part) => part.text ?? '').join(' ');
  if (agent === 'judge') return said.includes('UNJUDGEABLE')
    ? { text: '', stop: 'refusal', stopDetail: 'x' }
    : { output: { score: /"answer":\\s*"[A-Z ]+"/.test(said) ? 0.9 : 0.25, reason: 'heard' } };
  if (agent === 'editor') return { text: said.toUpperCase() };
  return said.includes('explode') ? { text: '', stop: 'refusal', stopDetail: 'x' } : { text: said };
};`;

const agents = { writer: { instructions: 'Write.' }, editor: { instructions: 'Edit.' } };
const step = (agent: string) => ({ kind: 'agent', agent });

beforeAll(() => {
  for (const [path, root] of [
    [duo, { kind: 'pipeline', steps: [step('writer'), step('editor')] }],
    [solo, step('writer')],
  ] as const) {
    mkdirSync(path);
    const name = `compare-${randomUUID().slice(0, 8)}`;
    writeFileSync(join(path, 'team.json'), JSON.stringify({ name, agents, root }));
    writeFileSync(join(path, 'offline.js'), REPLIES);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function rows(...given: readonly object[]): void {
  writeFileSync(data, given.map((row) => JSON.stringify(row)).join('\n'));
}

async function compared(...args: readonly string[]) {
  const run = baton(['compare', ...args, '--data', data, '--json'], { env });
  const code = await run.ended;
  expect({ code, told: run.stderr() }).toMatchObject({ code: EXIT.ok });
  return JSON.parse(run.stdout());
}

describe('baton compare', () => {
  test('two teams by what was expected: scores, wins, failures, tokens, cost and latency side by side', async () => {
    rows(
      { input: 'hello', expected: 'HELLO' },
      { input: 'quiet', expected: 'quiet' },
      { input: 'SAME', expected: 'SAME' },
      { input: 'loud', expected: 'LOUD' },
      { input: 'explode', expected: 'EXPLODE' },
    );
    const report = await compared(duo, solo);
    expect(report).toMatchObject({ rows: 5, quality: 'expected', tied: 2, ungraded: 0 });
    const [first, second] = report.sides;
    expect(first).toMatchObject({ score: 0.6, won: 2, failed: 1, usage: { calls: 9 } });
    expect(second).toMatchObject({ score: 0.4, won: 1, failed: 1, usage: { calls: 5 } });
    expect(first.usage).toMatchObject({ microDollars: 0, unpricedCalls: 0 });
    expect(first.latencyMs.p50).toBeGreaterThan(0);
    expect(report.firstToSecond.score).toBeCloseTo(0.2);
    expect(report.firstToSecond.tokens).toBeGreaterThan(1);
    expect(report.firstToSecond.cost).toBeNull();
    expect(report.each[4].sides[0]).toMatchObject({ failed: true, score: 0, reason: 'ModelRefused' });
  }, 60_000);

  test('a team and one agent of it, by a judge that may decline: what it takes is in neither column', async () => {
    rows({ input: 'hello' }, { input: 'UNJUDGEABLE' });
    const report = await compared(duo, '--single', 'writer', '--judge', 'Loud is good.');
    expect(report).toMatchObject({ quality: 'judge', tied: 0, ungraded: 1 });
    expect(report.sides).toMatchObject([
      { score: 0.9, won: 1, usage: { calls: 4 } },
      { score: 0.25, won: 0, usage: { calls: 2 } },
    ]);
    expect(report.each[0].sides[0]).toMatchObject({ reason: 'heard', judging: { calls: 1 } });
    expect(report.judging.calls).toBeGreaterThanOrEqual(4);
  }, 60_000);

  test('a check on the output, as a table for people', async () => {
    rows({ input: 'hello' });
    const check = JSON.stringify({ at: '', matches: '^[A-Z]+$' });
    const run = baton(['compare', duo, solo, '--data', data, '--check', check], { env });
    expect(await run.ended).toBe(EXIT.ok);
    expect(run.stdout()).toMatch(/score +1\.000 +0\.000/);
    expect(run.stdout()).toMatch(/model calls +2 +1/);
    expect(run.stdout()).toContain('+1.000 in score');
  }, 60_000);

  test.each([
    [['compare', duo], 'Name another team'],
    [['compare', duo, solo, '--single', 'writer'], 'Name another team'],
    [['compare', duo, '--single', 'wrter', '--judge', 'good'], 'no agent of'],
    [['compare', duo, solo, '--check', '{"at":"x"}'], '--check'],
    [['compare', duo, solo, '--check', '{"at":"","exists":true}', '--judge', 'good'], 'not by both'],
    [['compare', duo, solo], `${data}:1`],
  ])('what cannot be compared is told before anything starts: %#', async (args, told) => {
    rows({ input: 'expected is missing' });
    const run = baton([...args, '--data', data], { env });
    expect(await run.ended).toBe(EXIT.usage);
    expect(run.stderr()).toContain(told);
  });

  test('a queue that was named and that nobody polls is told', async () => {
    rows({ input: 'hello', expected: 'HELLO' });
    const args = ['compare', duo, solo, '--data', data, '--task-queue', `none-${randomUUID()}`];
    const run = baton(args, { env });
    expect(await run.ended).toBe(EXIT.notReady);
    expect(run.stderr()).toContain('No worker polls');
  });
});
