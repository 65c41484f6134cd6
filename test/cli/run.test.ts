import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes';
import { sharedServer } from '../setup/shared-server';
import { baton } from './fake-terminal';
import { writeTeam } from './team-on-disk';

const NOTICE = 'No model was asked: replies are computed offline from the input.';
const folder = mkdtempSync(join(tmpdir(), 'baton-run-'));
const name = `cli-${randomUUID().slice(0, 8)}`;
const env = { TEMPORAL_ADDRESS: sharedServer().address, BATON_STORE: join(folder, 'store') };

// Each starts a worker of its own and several commands: a busy machine needs more than the twenty seconds of a test.
jest.setTimeout(60_000);

beforeAll(() => writeTeam(folder, name));
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
    const watch = baton(['watch', `${name}-denied`, '--json'], { env });
    const code = await watch.ended;
    expect(JSON.parse(watch.stdout())).toMatchObject({ error: { type: 'ApprovalDenied' } });
    expect(code).toBe(EXIT.stopped);
    const over = baton(['cancel', `${name}-denied`], { env });
    expect(await over.ended).toBe(EXIT.refused);
    expect(over.stderr()).toContain('is over already');
    const again = baton(['run', folder, '--id', `${name}-denied`, '--json'], { env });
    expect(await again.ended).toBe(EXIT.refused);
    expect(JSON.parse(again.stdout())).toMatchObject({ error: { type: 'RunExists' } });
  });

  test('list shows runs by team and state, --limit counts', async () => {
    const runs = async (...more: string[]): Promise<{ run: string; state: string }[]> => {
      const list = baton(['list', '--team', name, '--json', ...more], { env });
      expect(await list.ended).toBe(EXIT.ok);
      return JSON.parse(list.stdout()).runs;
    };
    await until(async () => (await runs('--state', 'failed')).length === 1);
    expect(await runs('--state', 'failed')).toEqual([
      expect.objectContaining({ run: `${name}-denied`, team: name, state: 'failed' }),
    ]);
    expect(await runs('--limit', '1')).toHaveLength(1);
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

  test('on a terminal, the end of the input leaves the question open', async () => {
    const runId = `${name}-open`;
    const run = baton(['run', folder, '--id', runId], { env, terminal: true });
    await run.says(/Approve\?/);
    run.hangUp();
    await run.says(/Decide it later: baton approve/);
    expect(await baton(['cancel', runId], { env }).ended).toBe(EXIT.ok);
    expect(await run.ended).toBe(EXIT.stopped);
  });

  test('--detach returns the run at once; without a worker nobody can look into it, but it can be cancelled', async () => {
    const run = baton(['run', folder, '--detach', '--json', '--task-queue', `none-${name}`], { env });
    expect(await run.ended).toBe(EXIT.ok);
    const started = JSON.parse(run.stdout());
    expect(started).toMatchObject({ run: expect.stringContaining(name), polled: false });
    const watch = baton(['watch', started.run, '--once', '--json'], { env });
    expect(await watch.ended).toBe(EXIT.notReady);
    expect(JSON.parse(watch.stdout())).toMatchObject({ error: { type: 'NoWorker' } });
    const inbox = baton(['approvals', '--run', started.run, '--json'], { env });
    expect(await inbox.ended).toBe(EXIT.notReady);
    const cancel = baton(['cancel', started.run, '--json'], { env });
    expect(await cancel.ended).toBe(EXIT.ok);
    expect(JSON.parse(cancel.stdout())).toEqual({ run: started.run, cancelling: true });
  });
});

/** The server's search is a moment behind. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((wake) => setTimeout(wake, 100));
}
