import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { readTestServers } from '../../src/testing/test-servers';
import { baton } from './fake-terminal';

const NOTICE = 'No model was asked: replies are computed offline from the input.';
const folder = mkdtempSync(join(tmpdir(), 'baton-run-'));
const name = `cli-${randomUUID().slice(0, 8)}`;
const env = { TEMPORAL_ADDRESS: readTestServers()?.address ?? '', BATON_STORE: join(folder, 'store') };

beforeAll(() => {
  const team = {
    name,
    agents: { writer: { instructions: 'Write.' } },
    root: {
      kind: 'pipeline',
      steps: [
        { kind: 'agent', agent: 'writer' },
        { kind: 'approve', question: 'Publish?', approvers: ['ann'], deadline: '1h', whenUnanswered: 'deny' },
      ],
    },
  };
  writeFileSync(join(folder, 'team.json'), JSON.stringify(team));
  writeFileSync(
    join(folder, 'offline.js'),
    "exports.offline = ({ messages }) => ({ text: 'heard ' + JSON.stringify(messages[0].content) });",
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('baton run', () => {
  test('a folder runs offline: the notice first, then the answer; progress beside it', async () => {
    const run = baton(['run', folder, '--input', '"a whale"', '--approve-by', 'ann'], { env });
    expect(await run.ended).toBe(EXIT.ok);
    const [first, ...answer] = run.stdout().trim().split('\n');
    expect(first).toBe(NOTICE);
    expect(answer.join('\n')).toContain('a whale');
    expect(run.stderr()).toMatch(/done +root\/pipeline:0/);
    expect(run.stderr()).toContain('Approved "Publish?" by ann, unasked');
  });

  test('with --json there is one document, which says that no model was asked', async () => {
    const args = ['run', folder, '--input', '-', '--approve-by', 'ann', '--json'];
    const run = baton(args, { env, stdin: 'two whales' });
    expect(await run.ended).toBe(EXIT.ok);
    expect(JSON.parse(run.stdout())).toMatchObject({
      state: 'done',
      offline: true,
      output: expect.stringContaining('two whales'),
      missing: [],
      usage: { calls: 1 },
    });
  });

  test('without a terminal it prints the command that decides, and that command decides', async () => {
    const run = baton(['run', folder, '--input', '"x"'], { env });
    const [, id = ''] = await run.says(/baton approve ([0-9a-f]{16}) --by ann/);
    const wrong = baton(['approve', id, '--by', 'mallory', '--json'], { env });
    expect(await wrong.ended).toBe(EXIT.refused);
    expect(JSON.parse(wrong.stdout())).toMatchObject({ error: { type: 'DecisionRefused' } });
    const inbox = baton(['approvals', '--json'], { env });
    expect(await inbox.ended).toBe(EXIT.ok);
    const { approvals } = JSON.parse(inbox.stdout());
    expect(approvals).toContainEqual(
      expect.objectContaining({ id, question: 'Publish?', value: expect.any(String) }),
    );
    const right = baton(['approve', id, '--by', 'ann', '--reason', 'fine'], { env });
    expect(await right.ended).toBe(EXIT.ok);
    expect(await run.ended).toBe(EXIT.ok);
  });

  test('a denied run ends with 4, and watch tells the same later', async () => {
    const run = baton(['run', folder, '--input', '"x"', '--id', `${name}-denied`], { env });
    const [, id = ''] = await run.says(/baton approve ([0-9a-f]{16}) --by ann/);
    expect(await baton(['deny', id, '--by', 'ann', '--run', `${name}-denied`], { env }).ended).toBe(EXIT.ok);
    expect(await run.ended).toBe(EXIT.stopped);
    expect(run.stderr()).toContain('ApprovalDenied');
    const again = baton(['run', folder, '--id', `${name}-denied`, '--json'], { env });
    expect(await again.ended).toBe(EXIT.refused);
    expect(JSON.parse(again.stdout())).toMatchObject({ error: { type: 'RunExists' } });
  });

  test('a cancelled run ends with 4', async () => {
    const runId = `${name}-cancelled`;
    const run = baton(['run', folder, '--input', '"x"', '--id', runId, '--json'], { env });
    await run.says(/baton approve/);
    expect(await baton(['cancel', runId, '--reason', 'enough'], { env }).ended).toBe(EXIT.ok);
    expect(await run.ended).toBe(EXIT.stopped);
    expect(JSON.parse(run.stdout())).toMatchObject({ error: { type: 'RunCancelled', run: runId } });
  });

  test('on a terminal it asks in place, redraws the tree, and the person decides', async () => {
    const run = baton(['run', folder, '--input', '"x"'], { env, terminal: true });
    await run.says(/Approve\? \[y\]es/);
    run.type('perhaps\n');
    await run.says(/Approve\?[\s\S]*Approve\?/);
    run.type('y\n');
    await run.says(/Your name \(ann\)/);
    run.type('ann\n');
    await run.says(/Reason/);
    run.type('good\n');
    expect(await run.ended).toBe(EXIT.ok);
    expect(run.stderr()).toContain('\u001b[');
    expect(run.stderr()).toMatch(/✓ done/);
  });

  test('a question that somebody else answers is taken back', async () => {
    const run = baton(['run', folder, '--input', '"x"'], { env, terminal: true });
    const [, id = ''] = await run.says(/approval ([0-9a-f]{16}) of run/);
    await run.says(/Approve\?/);
    expect(await baton(['approve', id, '--by', 'ann'], { env }).ended).toBe(EXIT.ok);
    expect(await run.ended).toBe(EXIT.ok);
  });

  test('--detach returns the run at once; list shows it', async () => {
    const run = baton(['run', folder, '--detach', '--json', '--task-queue', `none-${name}`], { env });
    expect(await run.ended).toBe(EXIT.ok);
    const started = JSON.parse(run.stdout());
    expect(started).toMatchObject({ run: expect.stringContaining(name), polled: false });
    const watch = baton(['watch', started.run, '--once', '--json'], { env });
    expect(await watch.ended).toBe(EXIT.notReady);
    expect(JSON.parse(watch.stdout())).toMatchObject({ error: { type: 'NoWorker' } });
    expect(await baton(['cancel', started.run], { env }).ended).toBe(EXIT.ok);
  });
});
